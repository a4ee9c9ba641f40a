using Gateway.Forwarding;
using Gateway.Routing;

namespace Gateway.Telemetry;

/// <summary>What forwarding says. Event ids 300 to 399.</summary>
internal static partial class ForwardingLog
{
    [LoggerMessage(300, LogLevel.Warning, "No connection to {Endpoint} (request {RequestId}): {Reason}")]
    public static partial void ConnectFailed(ILogger logger, EndpointAddress endpoint, string requestId, string reason);

    [LoggerMessage(301, LogLevel.Warning, "{Endpoint} broke the connection before it answered (request {RequestId}): {Reason}")]
    public static partial void Reset(ILogger logger, EndpointAddress endpoint, string requestId, string reason);

    [LoggerMessage(302, LogLevel.Warning, "{Endpoint} did not answer in time (request {RequestId}): {Cause}")]
    public static partial void TimedOut(ILogger logger, EndpointAddress endpoint, string requestId, DeadlineCause cause);

    [LoggerMessage(303, LogLevel.Warning, "The answer of {Endpoint} was cut (request {RequestId}): {Code}")]
    public static partial void Cut(ILogger logger, EndpointAddress endpoint, string requestId, string code);

    [LoggerMessage(304, LogLevel.Error, "Request {RequestId} failed inside the gateway")]
    public static partial void Unhandled(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(305, LogLevel.Warning, "{Endpoint} sent a header field that can't be passed on: '{Name}' (request {RequestId})")]
    public static partial void HeaderDropped(ILogger logger, EndpointAddress endpoint, string name, string requestId);

    [LoggerMessage(306, LogLevel.Warning, "The client of request {RequestId} has read nothing for {Idle}: its connection is closed")]
    public static partial void ClientStalled(ILogger logger, string requestId, TimeSpan idle);
}
