using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>The watches of every scope, started and stopped with the gateway.</summary>
internal sealed class ClusterWatches : IHostedService, IDisposable
{
    private readonly List<IHostedService> _watchers = [];
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;

    /// <param name="resources">Makes the queries.</param>
    /// <param name="namespaces">The scopes; one null for all namespaces together.</param>
    /// <param name="routes">The ConfigMap that mappings are kept in.</param>
    /// <param name="time">The clock of the watches.</param>
    /// <param name="loggers">Their logs.</param>
    public ClusterWatches(
        KubernetesResources resources, IReadOnlyList<string?> namespaces, ResourceName routes, TimeProvider time, ILoggerFactory loggers)
    {
        _time = time;
        _loggers = loggers;
        Routes = Watch(resources.ConfigMap(routes.Namespace, routes.Name));
        Scopes = [.. namespaces.Select(name => ScopeOf(resources, name))];
    }

    public IReadOnlyList<WatchedScope> Scopes { get; }

    public IResourceCache<V1ConfigMap> Routes { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (IHostedService watcher in _watchers)
            await watcher.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_watchers.Select(watcher => watcher.StopAsync(cancellationToken)));

    public void Dispose()
    {
        foreach (IDisposable watcher in _watchers.OfType<IDisposable>())
            watcher.Dispose();
    }

    // Every pod and Service, not only those that the selector names: an InferencePool or a mapping may lead to others.
    private WatchedScope ScopeOf(KubernetesResources resources, string? name)
    {
        var pods = Watch(resources.Pods(name, labelSelector: null));
        var services = Watch(resources.Services(name, labelSelector: null));
        var slices = Watch(resources.EndpointSlices(name, labelSelector: null));
        var pools = Watch(resources.InferencePools(name));
        return new WatchedScope(name, pods, services, slices, pools, cancellationToken => Task.WhenAll(
            pods.RelistAsync(cancellationToken),
            services.RelistAsync(cancellationToken),
            slices.RelistAsync(cancellationToken),
            pools.RelistAsync(cancellationToken)));
    }

    private ResourceWatcher<T> Watch<T>(IResourceApi<T> api)
        where T : class, IMetadata<V1ObjectMeta>
    {
        var watcher = new ResourceWatcher<T>(api, _time, _loggers.CreateLogger<ResourceWatcher<T>>());
        _watchers.Add(watcher);
        return watcher;
    }
}
