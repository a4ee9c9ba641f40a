using System.Diagnostics.Metrics;
using Gateway.Forwarding;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.Micro;

/// <summary>One request as it stands between the steps of the pipeline, without a server around it: what it answers goes nowhere.</summary>
internal sealed class BenchmarkExchange : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RequestDeadline _deadline = new(TimeProvider.System);
    private readonly GatewayTelemetry _telemetry;

    public BenchmarkExchange()
    {
        const string Model = "meta-llama/Llama-3.2-1B-Instruct";
        EndpointAddress.TryParse("http://127.0.0.1:9001", http2: false, out EndpointAddress? address);
        var endpoint = new LiveEndpoint(address!, TimeProvider.System);
        var route = new Route(Model, "vllm", RouteSource.Discovered, [new RouteTarget([endpoint], Model)]);
        Picked = new PickedEndpoint(route, route.Targets[0], endpoint);
        Metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>());
        var log = new AccessLog(new AccessLogOptions(), new StandardOutputTarget(), Metrics, NullLogger<AccessLog>.Instance);
        _telemetry = new GatewayTelemetry(Metrics, log, TimeProvider.System);
        _deadline.Begin(null, CancellationToken.None);
    }

    public Exchange Exchange { get; } = new();

    public PickedEndpoint Picked { get; }

    public GatewayMetrics Metrics { get; }

    public static DefaultHttpContext NewContext()
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(new BodySink());
        return context;
    }

    /// <summary>Begins anew, with this request.</summary>
    public void Begin(HttpContext context)
    {
        var settings = new ForwardingSettings(new(), new(), new(), new(), new(), exposeEndpoint: false);
        Exchange.Begin(context, settings.Paths.Find("/v1/chat/completions")!, "id", settings, RouteTable.Empty, _deadline);
        Exchange.Record.Begin(_telemetry, "/v1/chat/completions", "id");
    }

    public void Dispose()
    {
        _deadline.Dispose();
        _services.Dispose();
    }
}
