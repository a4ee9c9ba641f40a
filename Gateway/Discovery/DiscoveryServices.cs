using Gateway.Picking;
using Gateway.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Discovery;

internal static class DiscoveryServices
{
    /// <summary>
    /// Adds what finds engines and keeps the route table; wants an <see cref="IMappingStore"/> from elsewhere.
    /// <see cref="RouteTableMaintainer.Apply"/> then says which engines there are.
    /// </summary>
    public static IServiceCollection AddDiscovery(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<EndpointRegistry>();
        services.TryAddSingleton<RouteTableHolder>();
        services.TryAddSingleton<IServiceResolver, NoServices>();
        services.AddSingleton<EngineProbe>();
        services.AddSingleton<EndpointProber>();
        services.TryAddSingleton<ChangeGatherer>();
        services.TryAddSingleton(new NamespacePreference([], merge: false));
        services.AddSingleton<StaticEngineSource>();
        services.AddSingleton<IEndpointSource>(provider => provider.GetRequiredService<StaticEngineSource>());
        services.AddSingleton<EndpointSources>();
        services.AddSingleton<ModelDiscovery>();
        services.AddSingleton<RouteTableBuilder>();
        services.AddSingleton<RouteTableMaintainer>();
        services.AddSingleton<IDiscovery>(provider => provider.GetRequiredService<RouteTableMaintainer>());
        services.AddSingleton<IConfiguredMappings>(provider => provider.GetRequiredService<RouteTableMaintainer>());
        services.AddHostedService(provider => provider.GetRequiredService<RouteTableMaintainer>());
        return services;
    }
}
