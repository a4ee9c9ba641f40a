using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>The ports of a pod that InferencePools name: each is an endpoint of its own, as with one engine process a data-parallel rank.</summary>
internal static class PoolPorts
{
    public static bool Selects(InferencePool pool, V1Pod pod)
    {
        IReadOnlyDictionary<string, string> labels = pod.LabelsOrNone();

        // The API demands a selector; without one, a pool would take every pod.
        return pool.Spec?.Selector?.MatchLabels is { Count: > 0 } wanted
            && wanted.All(label => labels.TryGetValue(label.Key, out string? value) && value == label.Value);
    }

    /// <returns>Null when no pool of its namespace selects the pod; empty when none of their ports is in use.</returns>
    public static IReadOnlyList<TargetPort>? Of(V1Pod pod, IEnumerable<InferencePool> poolsInNamespace) =>
        poolsInNamespace.Any() ? OfAny(pod, poolsInNamespace) : null;

    private static TargetPort[]? OfAny(V1Pod pod, IEnumerable<InferencePool> poolsInNamespace)
    {
        InferencePool[] pools = [.. poolsInNamespace.Where(pool => pool.Spec?.TargetPorts is { Count: > 0 } && Selects(pool, pod))];
        if (pools.Length == 0)
            return null;

        int[]? active = ActivePorts(pod);
        return
        [
            .. (from pool in pools
                from port in pool.Spec!.TargetPorts!
                where active is null || active.Contains(port.Number)
                select TargetPort.Of(port.Number, pool.Spec!.AppProtocol)).Distinct(),
        ];
    }

    // Null where nothing restricts them.
    private static int[]? ActivePorts(V1Pod pod)
    {
        string? listed = DiscoveryAnnotations.ActivePorts.Select(pod.Annotation).FirstOrDefault(value => value is not null);
        return listed?.Split(',', StringSplitOptions.TrimEntries).Select(PodPorts.Parse).OfType<int>().ToArray();
    }
}
