using System.Net;
using Gateway.Hosting;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace Gateway.Tests.Telemetry;

[Collection(nameof(SpanListeners))]
public sealed class OtlpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutAnAddress_NothingListensToSpans()
    {
        await using MetricsHost host = await MetricsHost.StartAsync();

        Assert.Null(host.Services.GetService<TracerProvider>());
        Assert.False(GatewayActivities.Source.HasListeners());
    }

    [Fact]
    public async Task WithAnAddress_MetricsAndTracesGoThere()
    {
        var received = new Received();
        await using WebApplication collector = await StartCollectorAsync(received);
        string address = collector.Urls.First();
        await using (MetricsHost host = await MetricsHost.StartAsync(
            ("OTEL_EXPORTER_OTLP_ENDPOINT", address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")))
        {
            Assert.True(GatewayActivities.Source.HasListeners());
            using HttpResponseMessage answer = await host.Client.GetAsync("/v1/anything", Cancellation);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // The end of the host flushes both.
        Assert.Contains("http.request.method", received.Of("/v1/traces"));
        Assert.Contains("llmd-api-gateway", received.Of("/v1/traces"));
        Assert.Contains("gateway.endpoints", received.Of("/v1/metrics"));
    }

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("nonsense")]
    public void AWrongAddress_StopsTheStart(string address)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", address)]).Build();

        var refused = Assert.Throws<ConfigurationException>(() => new ServiceCollection().AddTelemetry(configuration, new AccessLogOptions(), new MetricsOptions()));
        Assert.Equal($"OTEL_EXPORTER_OTLP_ENDPOINT is '{address}'; allowed is an http or https URL.", refused.Message);
    }

    private static async Task<WebApplication> StartCollectorAsync(Received received)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(received.TakeAsync);
        await app.StartAsync(Cancellation);
        return app;
    }
}
