using Gateway.Admin;
using Gateway.Catalog;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Forwarding;
using Gateway.Routing;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Hosting;

/// <summary>Puts the parts together: what the program and the end-to-end tests start.</summary>
internal static class GatewayApplication
{
    /// <param name="builder">With the configuration in place.</param>
    /// <param name="options">As read from it.</param>
    /// <param name="keepsMappings">False keeps what the admin API is told in memory only, and looks at a cluster only when told to.</param>
    /// <exception cref="KubernetesConnectionException">The Kubernetes API is wanted, but the kubeconfig can't be used.</exception>
    public static void AddGateway(this WebApplicationBuilder builder, GatewayOptions options, bool keepsMappings)
    {
        IServiceCollection services = builder.Services;
        services.AddRoutingCore();
        services.AddSingleton(options.Admin);
        services.AddSingleton(options.State);
        services.AddHosting(options);
        services.AddSingleton<IRequestGate, RequestGate>();
        services.AddDiscovery();
        if (options.Kubernetes.Enabled ?? (keepsMappings && KubernetesConnection.IsWanted(options.Kubernetes)))
            services.AddCluster(options.Kubernetes);
        else if (keepsMappings)
            services.AddSingleton<IMappingStore, FileMappingStore>();
        else
            services.AddSingleton<IMappingStore, MemoryMappingStore>();
        services.AddForwarding(SettingsOf(options));
        services.AddAdminApi();
        services.AddTelemetry(builder.Configuration, options.AccessLog, options.Metrics);
        builder.WebHost.ConfigureKestrel(ConfigureLimits);
    }

    /// <exception cref="MappingFileException">The mapping file is damaged.</exception>
    public static void UseGateway(this WebApplication app)
    {
        // Loaded here so that a damaged file stops the start before anything listens.
        app.Services.GetRequiredService<IMappingStore>();
        FollowOptions(app.Services);

        app.UseMiddleware<ProxyMiddleware>();
        app.UseRouting();
        app.MapHealthApi();
        app.MapModelsApi();
        app.MapAdminApi();
        app.MapMetricsApi();
        app.Map("{**path}", context => ErrorWriter.WriteAsync(
            context, ApiDialect.OpenAi, ForwardFailure.UnknownUrl, $"There is no {context.Request.Path} here; the gateway passes on the paths of the OpenAI API."));
    }

    private static void FollowOptions(IServiceProvider services)
    {
        var monitor = services.GetRequiredService<GatewayOptionsMonitor>();
        var maintainer = services.GetRequiredService<RouteTableMaintainer>();
        var settings = services.GetRequiredService<ForwardingSettingsHolder>();
        Apply(monitor.Current);
        monitor.Changed += options =>
        {
            settings.Current = SettingsOf(options);
            Apply(options);
        };

        var deadlines = services.GetRequiredService<RequestDeadlines>();
        services.GetRequiredService<DrainState>().TimeIsUp.UnsafeRegister(_ => deadlines.ExpireAll(DeadlineCause.Shutdown), null);

        void Apply(GatewayOptions options) =>
            maintainer.Apply([.. options.Engines], [.. options.Mappings], [.. options.Routing.DefaultOwnedBy]);
    }

    private static ForwardingSettings SettingsOf(GatewayOptions options) =>
        new(options.Routing, options.Limits, options.Timeouts, options.Retry, options.Streams, options.ExposeEndpoint);

    private static void ConfigureLimits(KestrelServerOptions kestrel)
    {
        // Checked by the gateway itself, which answers with an error that says what is allowed.
        kestrel.Limits.MaxRequestBodySize = null;

        // Header values are bytes that pass through; Latin-1 keeps every one, and Kestrel refuses others only when they are written.
        kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
        kestrel.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.Latin1;
    }
}
