using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Gateway.Forwarding;

namespace Gateway.Telemetry;

/// <summary>
/// Every instrument that requests write to; docs/metrics.md lists them. Names, units and buckets are those of the GenAI conventions where they
/// have one (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/). What is read when somebody looks is in <see cref="GatewayGauges"/>.
/// </summary>
internal sealed class GatewayMetrics
{
    public const string MeterName = "Gateway";

    private const string Seconds = "s";

    // From what a proxy on the same machine adds to what nobody would put up with.
    private static readonly double[] OverheadBuckets = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
    private static readonly double[] QueueBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

    // These four are the conventions' advice.
    private static readonly double[] DurationBuckets = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly double[] FirstTokenBuckets =
        [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] PerTokenBuckets = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
    private static readonly long[] TokenBuckets = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    private static readonly KeyValuePair<string, object?>[] Outcomes =
        TagsOf("outcome", Enum.GetValues<AttemptOutcome>(), TelemetryNames.Of);

    private static readonly KeyValuePair<string, object?>[] Phases = TagsOf("phase", Enum.GetValues<RequestPhase>(), TelemetryNames.Of);

    // By outcome. Counted here and told when somebody looks: each request makes at least one.
    private readonly long[] _attempts = new long[Outcomes.Length];

    private readonly ConcurrentDictionary<(string? Model, string? Provider, GenAiOperation Operation), RouteInstruments> _byName = new();
    private readonly ConditionalWeakTable<Route, RouteInstruments?[]> _byRoute = [];
    private readonly Counter<long> _disconnects;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _ejections;
    private readonly Counter<long> _accessLogDropped;

    public GatewayMetrics(IMeterFactory factory)
    {
        Meter = factory.Create(MeterName);
        RequestDuration = Histogram("gen_ai.server.request.duration", "Time from the request's arrival to the end of its answer.", DurationBuckets);
        TimeToFirstToken = Histogram(
            "gen_ai.server.time_to_first_token", "Time from the request's arrival to the first bytes of its stream.", FirstTokenBuckets);
        TimePerOutputToken = Histogram(
            "gen_ai.server.time_per_output_token", "Time per token of a stream after the first one.", PerTokenBuckets);
        TokenUsage = Meter.CreateHistogram(
            "gen_ai.client.token.usage", "{token}", "Tokens of the prompt and of the answer.", advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = TokenBuckets });
        OverheadDuration = Histogram("gateway.overhead.duration", "Time that the gateway added before the request left for its engine.", OverheadBuckets);
        QueueDuration = Histogram("gateway.queue.duration", "Time that a request waited for its turn.", QueueBuckets);

        _disconnects = Meter.CreateCounter<long>("gateway.client.disconnects", "{request}", "Requests whose client left before the end of the answer.");
        _dropped = Meter.CreateCounter<long>("gateway.requests.dropped", "{request}", "Requests that were refused for want of room.");
        _ejections = Meter.CreateCounter<long>("gateway.endpoint.ejections", "{ejection}", "Endpoints taken out of service by their answers.");
        _accessLogDropped = Meter.CreateCounter<long>("gateway.access_log.dropped", "{line}", "Lines of the access log that could not be written.");
        Meter.CreateObservableCounter("gateway.upstream.attempts", Attempts, "{attempt}", "Attempts to have an endpoint answer a request.");
        Meter.CreateObservableUpDownCounter(
            "gateway.requests.in_flight", () => _byName.Values.Select(route => route.InFlight), "{request}", "Requests that have a route and have not ended.");
    }

    public Meter Meter { get; }

    public Histogram<double> RequestDuration { get; }

    public Histogram<double> TimeToFirstToken { get; }

    public Histogram<double> TimePerOutputToken { get; }

    public Histogram<long> TokenUsage { get; }

    public Histogram<double> OverheadDuration { get; }

    public Histogram<double> QueueDuration { get; }

    /// <summary>The instruments of a route, made at its first request.</summary>
    public RouteInstruments Of(Route route, GenAiOperation operation)
    {
        // A hit takes no lock and allocates nothing; a route is forgotten together with its table.
        if (!_byRoute.TryGetValue(route, out RouteInstruments?[]? known))
            known = _byRoute.GetValue(route, static _ => new RouteInstruments?[GenAiOperation.Count]);
        return known[operation.Index] ??= Of(route.Model, route.OwnedBy, operation);
    }

    /// <summary>For requests that never got to an engine. The counts belong to the names, and outlive any route table.</summary>
    /// <param name="model">Null unless it has matched a route: what clients make up is no attribute.</param>
    /// <param name="provider">The engine, when it is known.</param>
    /// <param name="operation">What the request asks for.</param>
    public RouteInstruments Of(string? model, string? provider, GenAiOperation operation) => _byName.GetOrAdd(
        (model, provider, operation),
        static (names, metrics) => new RouteInstruments(metrics, names.Model, names.Provider, names.Operation),
        this);

    public void AttemptEnded(AttemptOutcome outcome) => Interlocked.Increment(ref _attempts[(int)outcome]);

    public void ClientLeft(RequestPhase phase) => _disconnects.Add(1, Phases[(int)phase]);

    /// <param name="reason">What the client got as its dropped-reason, else the code of its error: one of a few.</param>
    public void RequestDropped(string reason) => _dropped.Add(1, KeyValuePair.Create<string, object?>("reason", reason));

    public void EndpointEjected() => _ejections.Add(1);

    public void AccessLogLinesDropped(long lines) => _accessLogDropped.Add(lines);

    private IEnumerable<Measurement<long>> Attempts() =>
        from outcome in Enum.GetValues<AttemptOutcome>()
        let count = Interlocked.Read(ref _attempts[(int)outcome])
        where count > 0
        select new Measurement<long>(count, Outcomes[(int)outcome]);

    private Histogram<double> Histogram(string name, string description, double[] buckets) => Meter.CreateHistogram(
        name, Seconds, description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });

    private static KeyValuePair<string, object?>[] TagsOf<T>(string key, T[] values, Func<T, string> name) =>
        [.. values.Select(value => KeyValuePair.Create<string, object?>(key, name(value)))];
}
