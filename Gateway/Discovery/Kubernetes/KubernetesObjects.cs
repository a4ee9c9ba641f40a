using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Reads metadata, where the API leaves out what is empty.</summary>
internal static class KubernetesObjects
{
    private static readonly Dictionary<string, string> None = [];

    public static IReadOnlyDictionary<string, string> LabelsOrNone(this IMetadata<V1ObjectMeta> resource) => Readable(resource.Metadata.Labels);

    public static string? Annotation(this IMetadata<V1ObjectMeta> resource, string name) =>
        resource.Metadata.Annotations is { } annotations && annotations.TryGetValue(name, out string? value) ? value : null;

    public static ResourceName NameInNamespace(this IMetadata<V1ObjectMeta> resource) => new(resource.Metadata.NamespaceProperty, resource.Metadata.Name);

    public static EndpointOrigin Origin(this V1Pod pod) => new("pod", pod.Metadata.NamespaceProperty, pod.Metadata.Name);

    public static EndpointOrigin Origin(this V1Service service) => new("service", service.Metadata.NamespaceProperty, service.Metadata.Name);

    public static EndpointOrigin Origin(this InferencePool pool) => new("inferencepool", pool.Metadata.NamespaceProperty, pool.Metadata.Name);

    // The client's models say IDictionary where they mean one to read.
    public static IReadOnlyDictionary<string, string> Readable(IDictionary<string, string>? pairs) => pairs switch
    {
        null => None,
        IReadOnlyDictionary<string, string> readable => readable,
        _ => pairs.ToDictionary(),
    };
}
