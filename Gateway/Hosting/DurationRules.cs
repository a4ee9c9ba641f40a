namespace Gateway.Hosting;

/// <summary>What must hold for a time that something may take, beyond its form.</summary>
internal static class DurationRules
{
    /// <exception cref="ConfigurationException">The first one that is no time at all.</exception>
    public static void CheckAboveZero(params IEnumerable<IConfigurationSection> durations)
    {
        // No time at all would fail every request; for no limit the key is left out.
        foreach (IConfigurationSection duration in durations)
        {
            if (duration.Value is { } text && text.All(character => character is '0' or ':' or '.'))
                throw ConfigurationException.Value(duration.Path, text, "a duration above 00:00:00");
        }
    }
}
