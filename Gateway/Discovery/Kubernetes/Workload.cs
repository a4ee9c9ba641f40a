using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>What made a pod and will make the next one.</summary>
internal static class Workload
{
    private const string TemplateHashLabel = "pod-template-hash";

    /// <summary>
    /// The Deployment's name, told from the name of its ReplicaSet (<c>deployment-hash</c>), so that nobody needs the right to read Deployments;
    /// else the name of what owns the pod, a StatefulSet for one; the pod's own when nothing does.
    /// </summary>
    public static string NameOf(V1Pod pod)
    {
        V1OwnerReference? owner = pod.Metadata.OwnerReferences?.FirstOrDefault(reference => reference.Controller != false);
        if (owner is null)
            return pod.Metadata.Name;

        return owner.Kind == V1ReplicaSet.KubeKind
            && pod.LabelsOrNone().TryGetValue(TemplateHashLabel, out string? hash)
            && owner.Name.EndsWith($"-{hash}", StringComparison.Ordinal)
                ? owner.Name[..^(hash.Length + 1)]
                : owner.Name;
    }

    /// <summary>The name under which what it served is remembered.</summary>
    public static string KeyOf(V1Pod pod) => $"workload {pod.Metadata.NamespaceProperty}/{NameOf(pod)}";
}
