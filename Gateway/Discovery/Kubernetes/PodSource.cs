using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Finds endpoints in the pods that <c>Kubernetes:Selector</c> selects: llm-d's charts and guides make no Service for them.</summary>
internal static class PodSource
{
    public static Findings Find(ClusterSnapshot cluster, LabelSelector selector)
    {
        var findings = new Findings();
        foreach (V1Pod pod in cluster.Pods.Values)
        {
            if (selector.Matches(pod.LabelsOrNone()))
                Add(pod, PoolPorts.Of(pod, cluster.PoolsIn(pod.Metadata.NamespaceProperty)), findings);
        }

        return findings;
    }

    /// <summary>Adds what the pod comes to, or why it is nothing.</summary>
    public static void Add(V1Pod pod, IReadOnlyList<TargetPort>? given, Findings findings)
    {
        var reading = PodReading.Of(pod, given);
        findings.Know(reading.Workload!);
        foreach (FoundEndpoint endpoint in reading.Endpoints)
            findings.Add(endpoint);
        if (reading.Objection is { } objection)
            findings.Ignore(pod.Origin(), objection);
    }
}
