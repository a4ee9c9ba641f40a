using System.Text;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>One key of the ConfigMap.</summary>
/// <param name="Value">What stands there.</param>
/// <param name="Mapping">What it says or, where it is wrong, what it last said that was right; null when it never was.</param>
/// <param name="Problem">What is wrong with it; null when nothing is.</param>
internal sealed record ConfigMapEntry(string Value, Mapping? Mapping, string? Problem)
{
    /// <param name="key">Its name.</param>
    /// <param name="value">What stands there now.</param>
    /// <param name="before">What was known of the key; null when it is new.</param>
    /// <param name="forbidden">Where no mapping may lead, whoever wrote it.</param>
    public static ConfigMapEntry Read(string key, string value, ConfigMapEntry? before, ForbiddenAddresses forbidden)
    {
        if (before?.Value == value)
            return before;

        MappingReading reading = MappingJson.Parse(Encoding.UTF8.GetBytes(value));
        string? problem = reading.Mapping is { } mapping ? FindObjection(key, mapping, forbidden) : reading.Problem;
        return problem is null
            ? new ConfigMapEntry(value, reading.Mapping, null)
            : new ConfigMapEntry(value, before?.Mapping, problem);
    }

    private static string? FindObjection(string key, Mapping mapping, ForbiddenAddresses forbidden) =>
        ConfigMapKey.BelongsToAnother(key, mapping.Key)
            ? $"The key is made for another pair than '{mapping.Model}' on '{mapping.OwnedBy}', whose key is {ConfigMapKey.Of(mapping.Key)}; a name of your own will do too."
            : forbidden.FindObjection(mapping);
}
