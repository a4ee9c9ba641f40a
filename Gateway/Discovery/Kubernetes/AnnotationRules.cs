using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>What our annotations may say, and what follows.</summary>
internal static class AnnotationRules
{
    /// <summary>Names the annotation that can't be meant, its value and what is allowed; null when there is none.</summary>
    public static string? Objection(IMetadata<V1ObjectMeta> resource)
    {
        if (resource.Annotation(DiscoveryAnnotations.Port) is { } port && PodPorts.Parse(port) is null)
            return $"annotation {DiscoveryAnnotations.Port} is '{port}'; allowed is a whole number from 1 to 65535";
        if (resource.Annotation(DiscoveryAnnotations.Scheme) is { } scheme && scheme is not ("http" or "https"))
            return $"annotation {DiscoveryAnnotations.Scheme} is '{scheme}'; allowed are http, https";
        return resource.Annotation(DiscoveryAnnotations.Engine) is { Length: > 0 } engine && !ModelListReader.IsOwner(engine)
            ? $"annotation {DiscoveryAnnotations.Engine} is '{engine}'; allowed are at most 128 printable ASCII characters without spaces"
            : null;
    }

    public static IReadOnlyList<TargetPort> WithScheme(IReadOnlyList<TargetPort> ports, IMetadata<V1ObjectMeta> resource) =>
        resource.Annotation(DiscoveryAnnotations.Scheme) is { } scheme ? [.. ports.Select(port => port with { Https = scheme == "https" })] : ports;
}
