using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// What most of an object is made of and nothing here reads. Thousands of pods are kept for as long as they live: with it, each would take five
/// times the memory, and each collection would have as much more to copy.
/// </summary>
internal static class ObjectBulk
{
    /// <param name="resource">As the API server sent it, and nobody else's yet.</param>
    public static void Drop(IMetadata<V1ObjectMeta> resource)
    {
        resource.Metadata.ManagedFields = null;
        if (resource is V1Pod pod)
            Drop(pod);
    }

    private static void Drop(V1Pod pod)
    {
        if (pod.Spec is { } spec)
        {
            spec.Affinity = null;
            spec.Tolerations = null;
            spec.TopologySpreadConstraints = null;
            spec.Volumes = null;
            foreach (V1Container container in spec.Containers ?? [])
                Drop(container);
            foreach (V1Container container in spec.InitContainers ?? [])
                Drop(container);
        }

        if (pod.Status is { } status)
        {
            status.ContainerStatuses = null;
            status.EphemeralContainerStatuses = null;
            status.InitContainerStatuses = null;
        }
    }

    private static void Drop(V1Container container)
    {
        container.Lifecycle = null;
        container.LivenessProbe = null;
        container.ReadinessProbe = null;
        container.Resources = null;
        container.SecurityContext = null;
        container.StartupProbe = null;
        container.VolumeMounts = null;
    }
}
