using Gateway.Routing;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Resolves the <c>service_name</c> of a mapping: a Service, whatever its labels, or else the pods of a Deployment of that name.</summary>
internal sealed class KubernetesServiceResolver : IServiceResolver
{
    private readonly ClusterState _cluster;
    private readonly DiscoveryRules _rules;

    public KubernetesServiceResolver(ClusterState cluster, DiscoveryRules rules)
    {
        _cluster = cluster;
        _rules = rules;
        cluster.Changed += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public IReadOnlyList<EndpointAddress> Resolve(string? @namespace, string name)
    {
        ClusterSnapshot cluster = _cluster.Current;
        var asked = new ResourceName(@namespace ?? _rules.OwnNamespace, name);
        IEnumerable<FoundEndpoint> found = cluster.Services.TryGetValue(asked, out V1Service? service)
            ? OfService(service, cluster)
            : OfWorkload(asked, cluster);
        return [.. found.Where(endpoint => endpoint.Withheld is null).Select(endpoint => endpoint.Address).Distinct()];
    }

    private IEnumerable<FoundEndpoint> OfService(V1Service service, ClusterSnapshot cluster)
    {
        if (ServiceSource.Objection(service) is not null)
            return [];

        // Who maps to a Service means the port of the Service, even in front of pods that would have chosen another.
        PodReading[] behind = [.. ServiceSource.Resolve(service, cluster, selector: null).Select(one => one.Reading)];
        if (!_rules.DialsServices)
            return behind.SelectMany(one => one.Endpoints);
        return ServiceAddress.Of(service, behind, out _) is { } dialled ? [dialled] : [];
    }

    private IEnumerable<FoundEndpoint> OfWorkload(ResourceName name, ClusterSnapshot cluster) =>
        _rules.DialsServices
            ? []
            : cluster.PodsOf(name).SelectMany(pod =>
                PodReading.Of(pod, PoolPorts.Of(pod, cluster.PoolsIn(name.Namespace))).Endpoints);
}
