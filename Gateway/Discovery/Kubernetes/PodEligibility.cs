using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Why a pod gets no requests.</summary>
internal static class PodEligibility
{
    private const string WorkerIndexLabel = "leaderworkerset.sigs.k8s.io/worker-index";
    private const string Leader = "0";

    /// <summary>What no time will change; null when there is nothing of the kind.</summary>
    public static string? NeverReason(V1Pod pod)
    {
        if (pod.LabelsOrNone().TryGetValue(WorkerIndexLabel, out string? index) && index != Leader)
            return $"worker {index} of a LeaderWorkerSet, of which only the leader answers requests";

        // The address of a pod that has ended may be another's by now.
        return pod.Status?.Phase is "Succeeded" or "Failed" ? $"has ended ({pod.Status.Phase})" : null;
    }

    /// <summary>Why not at the moment; null when it may have requests. The same rule as llm-d's own endpoint picker follows.</summary>
    public static string? MomentaryReason(V1Pod pod)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
            return "terminating";

        V1PodCondition? ready = pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        if (ready?.Status != "True")
            return string.IsNullOrEmpty(ready?.Message) ? "not Ready" : $"not Ready: {ready.Message}";

        return IsCordoned(pod.Annotation(DiscoveryAnnotations.Cordon)) ? "cordoned" : null;
    }

    public static bool IsCordoned(string? annotation) => "true".Equals(annotation, StringComparison.OrdinalIgnoreCase);
}
