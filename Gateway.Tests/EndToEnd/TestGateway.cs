using Gateway.Discovery;
using Gateway.Hosting;
using Gateway.Picking;
using Gateway.Simulation;
using Gateway.Telemetry;
using Gateway.Tests.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.EndToEnd;

/// <summary>The whole gateway as the program puts it together, on a free port of 127.0.0.1, in this process.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly FailureLog _log;

    private TestGateway(WebApplication app, FailureLog log, bool isHttp2)
    {
        _app = app;
        _log = log;
        IsHttp2 = isHttp2;
        Url = new Uri(app.Urls.First());
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Url, Timeout = TestTime.Generous };
    }

    public Uri Url { get; }

    public HttpClient Client { get; }

    /// <summary>Whether it speaks HTTP/2 by prior knowledge, and nothing else.</summary>
    public bool IsHttp2 { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Requests that any endpoint is counted to be working on.</summary>
    public int InFlight => Services.GetRequiredService<EndpointRegistry>().All.Sum(endpoint => endpoint.InFlight);

    /// <summary>What it measures from here on. Its page would not do: that adds up all gateways of the process.</summary>
    public Measured Measure() => new(Services.GetRequiredService<GatewayMetrics>());

    /// <summary>Starts in front of the engines, and returns when their models are routed.</summary>
    public static Task<TestGateway> StartAsync(params SimulatedEngine[] engines) => StartAsync([], engines);

    /// <param name="arguments">As on the command line, for example <c>--Gateway:Retry:Connect=0</c>.</param>
    /// <param name="engines">Given as <c>--engine</c>.</param>
    public static Task<TestGateway> StartAsync(string[] arguments, params SimulatedEngine[] engines) =>
        StartWithAsync([.. arguments, .. engines.Select(engine => $"--engine={engine.Url}")]);

    public static Task<TestGateway> StartWithAsync(params string[] arguments) => StartAsync(isHttp2: false, TimeProvider.System, arguments);

    /// <summary>Starts with a clock of its own: its timers strike when a test says so, and probes come only then.</summary>
    public static Task<TestGateway> StartAsync(TimeProvider clock, string[] arguments, params ScriptedEngine[] engines) =>
        StartAsync(isHttp2: false, clock, [.. arguments, .. engines.Select(engine => $"--engine={engine.Url}")]);

    private static async Task<TestGateway> StartAsync(bool isHttp2, TimeProvider clock, string[] arguments)
    {
        string[] urls = arguments.Any(argument => argument.StartsWith("--Kestrel:", StringComparison.Ordinal)) ? [] : ["--urls=http://127.0.0.1:0"];
        WebApplicationBuilder builder = GatewayBuilder.Create(CommandLine.Parse([.. urls, .. arguments]));
        builder.Services.AddSingleton(clock);
        builder.AddGateway(GatewayOptionsReader.Read(builder.Configuration), keepsMappings: false);

        // The process and its signals belong to the test runner; and what is tested here shows on the wire.
        var log = new FailureLog();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Logging.ClearProviders().AddProvider(log);

        WebApplication app = builder.Build();
        app.UseGateway();
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.Services.GetRequiredService<IDiscovery>().DiscoverAsync(TestContext.Current.CancellationToken);
        return new TestGateway(app, log, isHttp2);
    }

    /// <summary>Listens for HTTP/2 in the clear, and nothing else.</summary>
    public static Task<TestGateway> StartHttp2Async(params string[] arguments) =>
        StartAsync(isHttp2: true, TimeProvider.System, ["--Kestrel:Endpoints:h2:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:h2:Protocols=Http2", .. arguments]);

    /// <summary>Every request that was counted in has been counted out, and none made the gateway itself fail.</summary>
    public async Task AssertIdleAsync()
    {
        await TestTime.UntilAsync(() => InFlight == 0, "no endpoint is counted to be working");
        Assert.Empty(_log.Failures);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
