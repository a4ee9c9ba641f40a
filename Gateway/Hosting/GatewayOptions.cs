using Gateway.Admin;
using Gateway.Discovery;
using Gateway.Forwarding;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Hosting;

/// <summary>Everything under <c>Gateway:</c> in the configuration.</summary>
internal sealed class GatewayOptions
{
    public const string SectionName = "Gateway";

    public IList<EngineOptions> Engines { get; init; } = [];

    public IList<MappingOptions> Mappings { get; init; } = [];

    public RoutingOptions Routing { get; init; } = new();

    public KubernetesOptions Kubernetes { get; init; } = new();

    public LimitsOptions Limits { get; init; } = new();

    public TimeoutsOptions Timeouts { get; init; } = new();

    public RetryOptions Retry { get; init; } = new();

    public StreamsOptions Streams { get; init; } = new();

    public DrainOptions Drain { get; init; } = new();

    public AdminOptions Admin { get; init; } = new();

    public StateOptions State { get; init; } = new();

    public MetricsOptions Metrics { get; init; } = new();

    public AccessLogOptions AccessLog { get; init; } = new();

    /// <summary>Whether answers name the endpoint in <c>x-gateway-destination-endpoint-served</c>.</summary>
    public bool ExposeEndpoint { get; init; }
}
