using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>What all ways of looking find in one snapshot: a function of it and of the rules.</summary>
internal sealed class ClusterFindings
{
    public ClusterFindings(ClusterSnapshot cluster, DiscoveryRules rules)
    {
        Services = ServiceSource.Find(cluster, rules);
        Pods = PodSource.Find(cluster, rules.Selector);
        Pools = InferencePoolSource.Find(cluster, rules.Selector);
        Workloads = Services.Workloads.Concat(Pods.Workloads).Concat(Pools.Workloads).ToHashSet();
        if (rules.DialsServices)
        {
            HashSet<ResourceName> reached = [.. PodsBehind(Services.Endpoints, cluster)];
            Endpoints = Services.Endpoints;
            Ignored =
            [
                .. Services.Ignored,
                .. Pods.Ignored.Concat(Pools.Ignored).Union(
                    from endpoint in Pods.Endpoints.Concat(Pools.Endpoints)
                    where endpoint.Withheld is null && !reached.Contains(new ResourceName(endpoint.Namespace!, endpoint.Origin.Name))
                    select IgnoredObject.Of(endpoint.Origin, "behind no Service that can be dialled, which Kubernetes:Address=service asks for")),
            ];
            return;
        }

        // Services first: theirs is the name that operators know.
        Endpoints = EndpointSources.Merge([.. Services.Endpoints, .. Pods.Endpoints, .. Pools.Endpoints]);
        Ignored = [.. Services.Ignored.Union(Pods.Ignored).Union(Pools.Ignored)];
    }

    public Findings Services { get; }

    public Findings Pods { get; }

    public Findings Pools { get; }

    public IReadOnlyList<FoundEndpoint> Endpoints { get; }

    public IReadOnlyList<IgnoredObject> Ignored { get; }

    public IReadOnlySet<string> Workloads { get; }

    private static IEnumerable<ResourceName> PodsBehind(IEnumerable<FoundEndpoint> services, ClusterSnapshot cluster) =>
        from endpoint in services
        let name = new ResourceName(endpoint.Namespace!, endpoint.Origin.Name)
        from slice in cluster.SlicesOf(name)
        from inSlice in slice.Endpoints ?? []
        where inSlice.TargetRef?.Kind == V1Pod.KubeKind
        select new ResourceName(name.Namespace, inSlice.TargetRef.Name);
}
