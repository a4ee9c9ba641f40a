namespace Gateway.Hosting;

/// <summary>What must hold for <c>Logging</c>: the framework ends the process with a stack trace over a level that it does not know.</summary>
internal static class LoggingRules
{
    private const string Levels = "LogLevel";

    /// <exception cref="ConfigurationException">The first level that there is not.</exception>
    public static void Check(IConfiguration configuration)
    {
        // Levels for all providers, and those of one provider, as Logging:Console:LogLevel.
        IConfigurationSection logging = configuration.GetSection("Logging");
        CheckLevels(logging.GetSection(Levels));
        foreach (IConfigurationSection provider in logging.GetChildren())
            CheckLevels(provider.GetSection(Levels));
    }

    private static void CheckLevels(IConfigurationSection levels)
    {
        foreach (IConfigurationSection level in levels.GetChildren())
        {
            if (level.Value is { Length: > 0 } name && !Enum.TryParse<LogLevel>(name, ignoreCase: true, out _))
                throw ConfigurationException.Value(level.Path, name, string.Join(", ", Enum.GetNames<LogLevel>()));
        }
    }
}
