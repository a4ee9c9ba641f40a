using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Metrics;

namespace Gateway.Benchmarks.Micro;

/// <summary>What do the instruments of one streamed request cost, without anybody who reads them and with the SDK behind <c>/metrics</c>?</summary>
[MemoryDiagnoser]
public class TelemetryBenchmarks
{
    private readonly RequestRecord _record = new();
    private readonly HttpRequestMessage _request = new();
    private ServiceProvider _services = null!;
    private GatewayTelemetry _telemetry = null!;
    private RouteInstruments _instruments = null!;
    private PickedEndpoint _picked;

    [Params(false, true)]
    public bool Sdk { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddSingleton<GatewayMetrics>();
        if (Sdk)
            services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter(GatewayMetrics.MeterName).AddPrometheusExporter());
        _services = services.BuildServiceProvider();
        _services.GetService<MeterProvider>();

        EndpointAddress.TryParse("http://127.0.0.1:9001", http2: false, out EndpointAddress? address);
        var endpoint = new LiveEndpoint(address!, TimeProvider.System);
        const string model = "meta-llama/Llama-3.2-1B-Instruct";
        var route = new Route(model, "vllm", RouteSource.Discovered, [new RouteTarget([endpoint], model)]);
        _picked = new PickedEndpoint(route, route.Targets[0], endpoint);

        var metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        _instruments = metrics.Of(route, GenAiOperation.Of("/v1/chat/completions"));
        var log = new AccessLog(new AccessLogOptions(), new StandardOutputTarget(), metrics, NullLogger<AccessLog>.Instance);
        _telemetry = new GatewayTelemetry(metrics, log, TimeProvider.System);
    }

    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    /// <summary>Three attributes.</summary>
    [Benchmark]
    public void OneHistogram() => _instruments.RecordDuration(0.5, errorType: null);

    [Benchmark]
    public void HistogramWithoutAttributes() => _telemetry.Metrics.OverheadDuration.Record(0.0005);

    [Benchmark]
    public void OneCounter() => _telemetry.Metrics.AttemptEnded(AttemptOutcome.Answered);

    /// <summary>All that is recorded of a request, without the clock, the scanner and the look-up of the route.</summary>
    [Benchmark(Baseline = true)]
    public void InstrumentsOfARequest()
    {
        _instruments.Enter();
        _telemetry.Metrics.OverheadDuration.Record(0.0005);
        _telemetry.Metrics.AttemptEnded(AttemptOutcome.Answered);
        _instruments.RecordFirstToken(0.1);
        _instruments.RecordTimePerOutputToken(0.02);
        _instruments.RecordDuration(0.5, errorType: null);
        _instruments.RecordUsage(new TokenUsage(12, 20, null));
        _instruments.Leave();
    }

    /// <summary>Everything, the clock and one event included.</summary>
    [Benchmark]
    public void WholeRecord()
    {
        _record.Begin(_telemetry, "/v1/chat/completions", "id");
        _record.Received(500);
        _record.Routed("meta-llama/Llama-3.2-1B-Instruct");
        _record.Depart(_picked, _request);
        _record.Return(AttemptOutcome.Answered, 200, isLast: true);
        _record.BeginAnswer(_picked, 200, isEventStream: true);
        _record.Add("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"total_tokens\":17,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n"u8);
        _record.End(RequestEnding.Completed, 200, errorCode: null);
    }
}
