using Gateway.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Gateway.Telemetry;

internal static class TelemetryServices
{
    private const string ServiceName = "llmd-api-gateway";
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Off by default in .NET 10: with it the spans of ASP.NET Core carry method, path and status as the HTTP conventions want them.
    private const string SuppressServerAttributes = "Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData";

    // Beside our own: collections, thread pool, memory; connections and TLS of the server. Its per-request meters would tell what ours tell.
    private static readonly string[] Meters = [GatewayMetrics.MeterName, "System.Runtime", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Adds metrics, traces and the access log; wants an endpoint registry, discovery and a <see cref="TimeProvider"/> from elsewhere.</summary>
    /// <exception cref="ConfigurationException"><c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is no URL.</exception>
    public static IServiceCollection AddTelemetry(
        this IServiceCollection services, IConfiguration configuration, AccessLogOptions accessLog, MetricsOptions metrics)
    {
        string? collector = configuration[OtlpEndpoint] is { Length: > 0 } endpoint ? endpoint : null;
        services.AddMetrics();
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayGauges>();
        services.AddSingleton(provider => new GatewayTelemetry(
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<AccessLog>(),
            provider.GetRequiredService<TimeProvider>(),
            readsAnswers: metrics.Enabled || accessLog.Enabled || collector is not null));
        services.AddSingleton(metrics);
        AddAccessLog(services, accessLog);

        OpenTelemetryBuilder telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(ServiceName, serviceVersion: ProgramVersion.Text)

                // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
                .AddEnvironmentVariableDetector());
        if (metrics.Enabled)
            telemetry.WithMetrics(provider => provider.AddMeter(Meters).AddPrometheusExporter(MetricsApi.Configure));
        if (collector is not null)
            AddOtlp(telemetry, collector, metrics);
        return services;
    }

    private static void AddAccessLog(IServiceCollection services, AccessLogOptions options)
    {
        services.AddSingleton<IAccessLogTarget>(_ => options.Path is { } path ? new FileTarget(path) : new StandardOutputTarget());
        services.AddSingleton(provider => new AccessLog(
            options,
            provider.GetRequiredService<IAccessLogTarget>(),
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<ILogger<AccessLog>>()));
        services.AddHostedService(provider => provider.GetRequiredService<AccessLog>());
    }

    // Protocol, headers and intervals are the exporter's own variables: https://opentelemetry.io/docs/specs/otel/protocol/exporter/
    private static void AddOtlp(OpenTelemetryBuilder telemetry, string endpoint, MetricsOptions metrics)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw ConfigurationException.Value(OtlpEndpoint, endpoint, "an http or https URL");

        AppContext.SetSwitch(SuppressServerAttributes, false);
        telemetry.WithTracing(traces => traces.AddSource(GatewayActivities.SourceName, GatewayActivities.ServerSourceName).AddOtlpExporter());
        if (metrics.Enabled)
            telemetry.WithMetrics(provider => provider.AddOtlpExporter());
    }
}
