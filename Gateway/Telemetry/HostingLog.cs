namespace Gateway.Telemetry;

/// <summary>What the process tells of its own start, stop and configuration: event ids 500 to 599.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(500, LogLevel.Information,
        "Leaving service: new requests are served for {Delay} more, running ones have {Timeout} to end after that")]
    public static partial void DrainBegins(this ILogger logger, TimeSpan delay, TimeSpan timeout);

    [LoggerMessage(501, LogLevel.Information, "Press Ctrl-C once more to end at once")]
    public static partial void SecondInterruptEndsAtOnce(this ILogger logger);

    [LoggerMessage(502, LogLevel.Warning, "Drain:Timeout is over: ending {Running} requests that still run")]
    public static partial void DrainTimeIsUp(this ILogger logger, int running);

    [LoggerMessage(503, LogLevel.Warning, "Second signal: ending at once, cutting {Running} requests that still run")]
    public static partial void EndsAtOnce(this ILogger logger, int running);

    [LoggerMessage(510, LogLevel.Warning, "The configuration has changed, but can't be used; the one before stays in force: {Reason}")]
    public static partial void ConfigurationKept(this ILogger logger, string reason);

    [LoggerMessage(511, LogLevel.Warning, "The configuration has changed where only a restart takes it over: {Keys}")]
    public static partial void RestartNeeded(this ILogger logger, string keys);

    [LoggerMessage(512, LogLevel.Information, "The configuration has changed and is in force: {Engines} engines, {Mappings} mappings")]
    public static partial void ConfigurationReloaded(this ILogger logger, int engines, int mappings);

    [LoggerMessage(513, LogLevel.Warning, "{Path} has changed, but can't be read; what it said before stays in force: {Reason}")]
    public static partial void ConfigurationFileNotRead(this ILogger logger, string path, string reason);

    [LoggerMessage(514, LogLevel.Warning, "{Path} has changed, but not all of it can be used: {Reason}")]
    public static partial void ConfigurationFileNotTaken(this ILogger logger, string path, string reason);
}
