using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>A Service dialled at its own address, for meshes that refuse those of pods.</summary>
internal static class ServiceAddress
{
    /// <param name="service">Without a <see cref="ServiceSource.Objection"/>.</param>
    /// <param name="behind">What is behind it.</param>
    /// <param name="reason">Why it gets no requests; null when it does.</param>
    /// <returns>Null when it can't be dialled at all.</returns>
    public static FoundEndpoint? Of(V1Service service, IReadOnlyList<PodReading> behind, out string? reason)
    {
        if (service.Spec.ClusterIP is not { } ip || !AddressForm.IsDiallable(ip))
        {
            reason = "headless: it has no address to dial, which Kubernetes:Address=service asks for";
            return null;
        }

        reason = PodEligibility.IsCordoned(service.Annotation(DiscoveryAnnotations.Cordon)) ? "cordoned"
            : behind.Any(one => one.Objection is null) ? null
            : "no ready endpoint";

        V1ServicePort port = ServicePorts.Choose(service)!;
        FoundEndpoint[] endpoints = [.. behind.SelectMany(one => one.Endpoints).OrderBy(endpoint => endpoint.Withheld is not null)];
        string?[] engines = [.. endpoints.Select(endpoint => endpoint.Engine).Distinct().Take(2)];
        return new FoundEndpoint
        {
            Address = AddressForm.Of(ip, AnnotationRules.WithScheme([TargetPort.Of(port.Port, port.AppProtocol, port.Name)], service)[0]),
            Origin = service.Origin(),
            Engine = ServiceSource.EngineOf(service) ?? (engines is [var only] ? only : null),
            FallbackEngine = endpoints.FirstOrDefault()?.FallbackEngine ?? FoundEndpoint.DefaultEngine,
            FallbackModels = endpoints.FirstOrDefault()?.FallbackModels ?? [],
            ServiceName = service.Metadata.Name,
            Withheld = reason,
            Workloads = [ServiceSource.KeyOf(service)],
        };
    }
}
