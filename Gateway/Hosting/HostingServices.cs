using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Hosting;

/// <summary>Registers what this folder offers to the rest of the program.</summary>
internal static class HostingServices
{
    /// <summary>After the drain nothing runs that is worth waiting for; this bounds what a hosted service may still do.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    /// <param name="services">The host's.</param>
    /// <param name="options">As read at the start.</param>
    public static IServiceCollection AddHosting(this IServiceCollection services, GatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);

        services.AddSingleton<DrainState>();
        services.AddSingleton(provider => new DrainSequence(
            provider.GetRequiredService<DrainState>(), options.Drain,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<DrainSequence>>()));
        services.AddSingleton<IHostLifetime, DrainingLifetime>();

        services.AddSingleton(provider => new GatewayOptionsMonitor(
            provider.GetRequiredService<IConfiguration>(), options,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<GatewayOptionsMonitor>>()));
        services.AddHostedService<ConfigurationFileWatcher>();
        return services;
    }
}
