using Gateway.Admin;
using Gateway.Discovery;
using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;
using Gateway.Tests.Admin;
using Gateway.Tests.EndToEnd;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Telemetry;

/// <summary>A server with nothing but the instruments and their page.</summary>
internal sealed class MetricsHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private MetricsHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TestTime.Generous };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<MetricsHost> StartAsync(params (string Key, string Value)[] configuration)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration.AddInMemoryCollection(configuration.Select(entry => KeyValuePair.Create<string, string?>(entry.Key, entry.Value)));
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var endpoints = new EndpointRegistry(TimeProvider.System);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(endpoints);
        builder.Services.AddSingleton<IDiscovery>(new FakeDiscovery(new MemoryMappingStore(), new RouteTableHolder(), endpoints)
        {
            Sources = [new SourceStatus("static", Listed: true, DateTimeOffset.UtcNow, 0, Error: null)],
        });
        builder.Services.AddSingleton<Admission>();
        builder.Services.AddTelemetry(builder.Configuration, new AccessLogOptions(), new MetricsOptions());
        WebApplication app = builder.Build();
        app.UseRouting();
        app.MapMetricsApi();
        app.Map("/v1/{**path}", () => "");
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new MetricsHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();

        // A request ends, and its span with it, a moment after its client has the answer.
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
