namespace Gateway.Telemetry;

/// <summary>Whether the gateway measures what passes through it.</summary>
internal sealed class MetricsOptions
{
    /// <summary>Off: no <c>/metrics</c>, and nothing is looked for in answers but what the access log or a collector wants.</summary>
    public bool Enabled { get; init; } = true;
}
