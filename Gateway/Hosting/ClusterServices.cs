using Gateway.Admin;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>What is added to the gateway where there is a Kubernetes API: engines are found in it, and mappings are kept in it.</summary>
internal static class ClusterServices
{
    /// <summary>Comes after <c>AddDiscovery</c>.</summary>
    /// <exception cref="KubernetesConnectionException">The kubeconfig can't be used.</exception>
    public static void AddCluster(this IServiceCollection services, KubernetesOptions options)
    {
        KubernetesConnection connection = KubernetesConnection.Open(options);
        var routes = new ResourceName(connection.Namespace, options.RoutesConfigMap);

        services.AddSingleton(_ => connection);
        services.AddSingleton(provider => new ClusterWatches(
            new KubernetesResources(connection.Client),
            KubernetesDiscovery.Namespaces(options, connection.Namespace),
            routes,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>()));
        services.AddHostedService(provider => provider.GetRequiredService<ClusterWatches>());
        services.AddKubernetesDiscovery(options, connection.Namespace, provider => provider.GetRequiredService<ClusterWatches>().Scopes);

        services.AddSingleton<IMappingStore>(provider => new ConfigMapMappingStore(
            new ConfigMapCalls(connection.Client, routes, provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<ClusterWatches>().Routes,
            provider.GetRequiredService<ForbiddenAddresses>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConfigMapMappingStore>>()));
    }
}
