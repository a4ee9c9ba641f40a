using Gateway.Forwarding;
using OpenTelemetry.Exporter;

namespace Gateway.Telemetry;

/// <summary><c>GET /metrics</c>: everything that is measured, as Prometheus text.</summary>
internal static class MetricsApi
{
    private const string Path = "/metrics";

    public static void MapMetricsApi(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<MetricsOptions>().Enabled)
            return;

        // From here on they are there to be read.
        routes.ServiceProvider.GetRequiredService<GatewayGauges>();
        RequestDelegate scrape = routes.CreateApplicationBuilder().UseOpenTelemetryPrometheusScrapingEndpoint(static _ => true).Build();
        routes.Map(Path, new AnsweredPath(new AnsweredMethod(HttpMethods.Get, scrape)).InvokeAsync);
    }

    public static void Configure(PrometheusAspNetCoreOptions options)
    {
        // The name of the meter on every line tells nothing: the names of the metrics begin with it.
        options.ScopeInfoEnabled = false;
    }
}
