namespace Gateway.Telemetry;

/// <summary>What the watches on the Kubernetes API say. Event ids 120 to 139.</summary>
internal static partial class KubernetesLog
{
    [LoggerMessage(120, LogLevel.Information, "Listed {Kind}: {Count}; watching")]
    public static partial void Listed(ILogger logger, string kind, int count);

    [LoggerMessage(121, LogLevel.Warning, "Kubernetes API: {Error}; what is known stays in use")]
    public static partial void Failed(ILogger logger, string error);

    [LoggerMessage(122, LogLevel.Information, "Kubernetes API: {Kind} can be listed and watched again")]
    public static partial void Recovered(ILogger logger, string kind);

    [LoggerMessage(123, LogLevel.Debug, "The watch of {Kind} ended: {Reason}")]
    public static partial void WatchEnded(ILogger logger, string kind, string reason);

    [LoggerMessage(124, LogLevel.Error, "A change of {Kind} could not be passed on")]
    public static partial void HandlerFailed(ILogger logger, string kind, Exception exception);
}
