using System.Diagnostics.Metrics;
using Gateway.Discovery;
using Gateway.Picking;

namespace Gateway.Telemetry;

/// <summary>Instruments that are read when somebody looks, and cost requests nothing.</summary>
internal sealed class GatewayGauges
{
    private static readonly EndpointState[] States = Enum.GetValues<EndpointState>();

    private readonly Admission _admission;
    private readonly EndpointRegistry _endpoints;
    private readonly IDiscovery _discovery;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;

    public GatewayGauges(GatewayMetrics metrics, EndpointRegistry endpoints, Admission admission, IDiscovery discovery, TimeProvider time)
    {
        _admission = admission;
        _endpoints = endpoints;
        _discovery = discovery;
        _time = time;
        _started = time.GetUtcNow();
        Meter meter = metrics.Meter;
        meter.CreateObservableUpDownCounter("gateway.queue.length", CountWaiting, "{request}", "Requests that wait for their turn.");
        meter.CreateObservableUpDownCounter("gateway.endpoints", CountEndpoints, "{endpoint}", "Endpoints that are known.");
        meter.CreateObservableGauge(
            "gateway.discovery.staleness", MeasureStaleness, "s", "Time since a source of endpoints was last heard; since the start, when it never was.");
    }

    private IEnumerable<Measurement<int>> CountWaiting() => _admission.Queues.Select(queue => new Measurement<int>(
        queue.Value.Length,
        KeyValuePair.Create<string, object?>(GenAiAttributes.RequestModel, queue.Key.Model),
        KeyValuePair.Create<string, object?>(GenAiAttributes.ProviderName, queue.Key.Engine)));

    // States without endpoints are told too: an alert on none that is ready must see the zero.
    private IEnumerable<Measurement<int>> CountEndpoints()
    {
        ILookup<EndpointState, LiveEndpoint> byState = _endpoints.All.ToLookup(endpoint => endpoint.State);
        return States.Select(state => new Measurement<int>(
            byState[state].Count(), KeyValuePair.Create<string, object?>("state", TelemetryNames.Of(state))));
    }

    private IEnumerable<Measurement<double>> MeasureStaleness() => _discovery.Sources.Select(source => new Measurement<double>(
        (_time.GetUtcNow() - (source.LastListed ?? _started)).TotalSeconds, KeyValuePair.Create<string, object?>("source", source.Name)));
}
