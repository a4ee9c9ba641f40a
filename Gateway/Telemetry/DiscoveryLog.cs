using Gateway.Routing;

namespace Gateway.Telemetry;

/// <summary>What discovery says. Event ids 1xx.</summary>
internal static partial class DiscoveryLog
{
    [LoggerMessage(100, LogLevel.Information, "{Endpoint} answers; models listed: {Models}")]
    public static partial void EngineAnswers(ILogger logger, EndpointAddress endpoint, int models);

    [LoggerMessage(101, LogLevel.Warning, "{Endpoint} {Error}")]
    public static partial void EngineFailed(ILogger logger, EndpointAddress endpoint, string error);

    [LoggerMessage(102, LogLevel.Information, "New route: {Pair}")]
    public static partial void RouteAdded(ILogger logger, string pair);

    [LoggerMessage(103, LogLevel.Information, "Route gone: {Pair}")]
    public static partial void RouteRemoved(ILogger logger, string pair);

    [LoggerMessage(104, LogLevel.Error, "The route table could not be rebuilt; the last one stays in force")]
    public static partial void RebuildFailed(ILogger logger, Exception exception);
}
