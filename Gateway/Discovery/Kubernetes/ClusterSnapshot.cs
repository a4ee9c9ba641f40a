using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Everything that the watches know at one moment, with what is looked up often. Immutable.</summary>
internal sealed class ClusterSnapshot
{
    /// <summary>Names the Service that an EndpointSlice belongs to.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    private readonly ILookup<ResourceName, V1EndpointSlice> _slices;
    private readonly ILookup<string, InferencePool> _pools;
    private readonly Lazy<ILookup<ResourceName, V1Pod>> _podsOfWorkloads;

    public ClusterSnapshot(
        IReadOnlyDictionary<ResourceName, V1Pod> pods,
        IReadOnlyDictionary<ResourceName, V1Service> services,
        IEnumerable<V1EndpointSlice> slices,
        IEnumerable<InferencePool> pools)
    {
        Pods = pods;
        Services = services;
        _slices = slices.ToLookup(slice => new ResourceName(
            slice.Metadata.NamespaceProperty, slice.Metadata.Labels?.TryGetValue(ServiceNameLabel, out string? service) == true ? service : ""));
        _pools = pools.ToLookup(pool => pool.Metadata.NamespaceProperty);
        _podsOfWorkloads = new(() => pods.Values.ToLookup(pod => new ResourceName(pod.Metadata.NamespaceProperty, Workload.NameOf(pod))));
    }

    public IReadOnlyDictionary<ResourceName, V1Pod> Pods { get; }

    public IReadOnlyDictionary<ResourceName, V1Service> Services { get; }

    public IEnumerable<V1EndpointSlice> SlicesOf(ResourceName service) => _slices[service];

    public IEnumerable<InferencePool> PoolsIn(string @namespace) => _pools[@namespace];

    public IEnumerable<InferencePool> Pools => _pools.SelectMany(pools => pools);

    /// <summary>The pods of a Deployment, a StatefulSet or whatever else made them.</summary>
    public IEnumerable<V1Pod> PodsOf(ResourceName workload) => _podsOfWorkloads.Value[workload];
}
