using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Finds endpoints in the pods that an InferencePool selects, where <c>Kubernetes:Selector</c> has not found them already.</summary>
internal static class InferencePoolSource
{
    public static Findings Find(ClusterSnapshot cluster, LabelSelector selector)
    {
        var findings = new Findings();
        if (!cluster.Pools.Any())
            return findings;

        foreach (InferencePool pool in cluster.Pools)
        {
            if (pool.Spec?.TargetPorts is not { Count: > 0 })
                findings.Ignore(pool.Origin(), "names no target port");
        }

        foreach (V1Pod pod in cluster.Pods.Values)
        {
            IReadOnlyDictionary<string, string> labels = pod.LabelsOrNone();
            if (selector.Matches(labels) || PoolPorts.Of(pod, cluster.PoolsIn(pod.Metadata.NamespaceProperty)) is not { } ports)
                continue;

            // A pool holds the prefill pods, too. One without a role serves whole requests, as llm-d's own picker sees it.
            if (selector.Contradicts(labels))
                findings.Ignore(pod.Origin(), "in an InferencePool, but its labels contradict Kubernetes:Selector");
            else
                PodSource.Add(pod, ports, findings);
        }

        return findings;
    }
}
