using Gateway.Peeking;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>What a request needs of the configuration. Immutable: a reload swaps the whole of it in <see cref="ForwardingSettingsHolder"/>.</summary>
internal sealed class ForwardingSettings
{
    public ForwardingSettings(
        RoutingOptions routing, LimitsOptions limits, TimeoutsOptions timeouts, RetryOptions retry, StreamsOptions streams, bool exposeEndpoint)
    {
        Paths = new ProxiedPaths(routing.ExtraPaths);
        Sources = [.. routing.Sources
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(source => Enum.Parse<RequestSource>(source, ignoreCase: true))];
        ModelSuffix = routing.ModelSuffix;
        Picker = new EndpointPicker(routing.Picker switch
        {
            "round-robin" => new RoundRobinPolicy(),
            "random" => new RandomPolicy(),
            _ => new LeastRequestsPolicy(),
        });
        Limits = limits;
        Timeouts = timeouts;
        Retry = retry;
        KeepAlive = streams.KeepAlive;
        ExposeEndpoint = exposeEndpoint;
    }

    public ProxiedPaths Paths { get; }

    public RequestSource[] Sources { get; }

    public bool ModelSuffix { get; }

    public EndpointPicker Picker { get; }

    public LimitsOptions Limits { get; }

    public TimeoutsOptions Timeouts { get; }

    public RetryOptions Retry { get; }

    public TimeSpan? KeepAlive { get; }

    public bool ExposeEndpoint { get; }
}
