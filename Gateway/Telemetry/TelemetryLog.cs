namespace Gateway.Telemetry;

/// <summary>What the instruments have to say of themselves. Event ids 600 to 699; the highest in use is 601.</summary>
internal static partial class TelemetryLog
{
    [LoggerMessage(600, LogLevel.Error, "The access log can't be written to {Target}; lines are dropped until it can: {Reason}")]
    public static partial void AccessLogFailed(ILogger logger, string target, string reason);

    [LoggerMessage(601, LogLevel.Information, "The access log is written to {Target} again")]
    public static partial void AccessLogRecovered(ILogger logger, string target);
}
