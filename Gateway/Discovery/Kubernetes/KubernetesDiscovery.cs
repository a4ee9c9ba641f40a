using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Gateway.Discovery.Kubernetes;

internal static class KubernetesDiscovery
{
    private const string AllNamespaces = "*";

    /// <summary>
    /// Adds the Kubernetes API as a source of endpoints, and Services and Deployments as what a mapping may name. Comes after
    /// <see cref="DiscoveryServices.AddDiscovery"/>, so that configured engines come first where both know an address.
    /// </summary>
    /// <param name="services">Where to.</param>
    /// <param name="options">As checked at the start.</param>
    /// <param name="ownNamespace">The gateway's own.</param>
    /// <param name="scopes">Makes the caches, one scope a namespace of <see cref="Namespaces"/>; whoever makes them runs their watches.</param>
    public static IServiceCollection AddKubernetesDiscovery(
        this IServiceCollection services,
        KubernetesOptions options,
        string ownNamespace,
        Func<IServiceProvider, IReadOnlyList<WatchedScope>> scopes)
    {
        services.AddSingleton(new DiscoveryRules(LabelSelector.Parse(options.Selector), options.Address == "service", ownNamespace));
        services.AddSingleton(provider => new ClusterState(scopes(provider)));
        services.AddSingleton<IEndpointSource, KubernetesSource>();
        services.Replace(ServiceDescriptor.Singleton<IServiceResolver, KubernetesServiceResolver>());

        // The order of preference among all namespaces is that of their names.
        string[] preferred = [.. Namespaces(options, ownNamespace).OfType<string>()];
        services.Replace(ServiceDescriptor.Singleton(new NamespacePreference(preferred, options.MergeNamespaces)));
        return services;
    }

    /// <summary>The namespaces to watch, in order of preference; one null for all of them together.</summary>
    public static IReadOnlyList<string?> Namespaces(KubernetesOptions options, string ownNamespace) => options.Namespaces switch
    {
        [] => [ownNamespace],
        [AllNamespaces] => [null],
        var listed => [.. listed],
    };
}
