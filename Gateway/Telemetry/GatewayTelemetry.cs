namespace Gateway.Telemetry;

/// <summary>What a <see cref="RequestRecord"/> tells of its request goes to these.</summary>
internal sealed class GatewayTelemetry(GatewayMetrics metrics, AccessLog accessLog, TimeProvider time, bool readsAnswers = true)
{
    public GatewayMetrics Metrics { get; } = metrics;

    public AccessLog AccessLog { get; } = accessLog;

    public TimeProvider Time { get; } = time;

    /// <summary>Whether anybody wants to know what answers say of their tokens.</summary>
    public bool ReadsAnswers { get; } = readsAnswers;
}
