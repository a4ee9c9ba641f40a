namespace Gateway.Telemetry;

/// <summary>What a <see cref="RequestRecord"/> tells of its request goes to these.</summary>
internal sealed class GatewayTelemetry(GatewayMetrics metrics, AccessLog accessLog, TimeProvider time)
{
    public GatewayMetrics Metrics { get; } = metrics;

    public AccessLog AccessLog { get; } = accessLog;

    public TimeProvider Time { get; } = time;
}
