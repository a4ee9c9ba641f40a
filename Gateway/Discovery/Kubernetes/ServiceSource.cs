using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// Finds endpoints behind the Services that carry the labels of <c>Kubernetes:Selector</c>, or that select pods by them, through their
/// EndpointSlices: the address of a Service would hide how many there are, and a headless one has none.
/// </summary>
internal static class ServiceSource
{
    public static Findings Find(ClusterSnapshot cluster, DiscoveryRules rules)
    {
        var findings = new Findings();
        foreach (V1Service service in cluster.Services.Values)
        {
            if (IsMeant(service, rules.Selector))
                Add(service, cluster, rules, findings);
        }

        return findings;
    }

    /// <summary>What is wrong with a Service, whoever asks for it; null when it can be resolved.</summary>
    public static string? Objection(V1Service service)
    {
        // A name from outside the cluster could lead anywhere (CVE-2021-25740).
        if (service.Spec?.Type == "ExternalName")
            return "of type ExternalName, which is never followed";
        if (AnnotationRules.Objection(service) is { } wrong)
            return wrong;
        return ServicePorts.Choose(service) is null ? "no TCP port" : null;
    }

    /// <summary>What the Service comes to, endpoint by endpoint, pods that are held back included.</summary>
    /// <param name="service">Without an <see cref="Objection"/>.</param>
    /// <param name="cluster">Where it stands.</param>
    /// <param name="selector">Pods that it selects find their port by themselves, as they do without a Service.</param>
    public static IReadOnlyList<(SliceEndpoint Slice, V1Pod? Pod, PodReading Reading)> Resolve(
        V1Service service, ClusterSnapshot cluster, LabelSelector? selector)
    {
        ResourceName name = service.NameInNamespace();
        return
        [
            .. SliceEndpoint.Merge(cluster.SlicesOf(name), ServicePorts.Choose(service)!).Select(slice =>
            {
                V1Pod? pod = slice.Pod is null ? null : cluster.Pods.GetValueOrDefault(new ResourceName(name.Namespace, slice.Pod));
                return (slice, pod, pod is null ? WithoutPod(service, slice) : WithPod(service, slice, pod, cluster, selector));
            }),
        ];
    }

    private static bool IsMeant(V1Service service, LabelSelector selector) =>
        selector.Matches(service.LabelsOrNone())
        || (service.Spec?.Selector is { Count: > 0 } selected && selector.IsMetInPartBy(KubernetesObjects.Readable(selected)));

    private static void Add(V1Service service, ClusterSnapshot cluster, DiscoveryRules rules, Findings findings)
    {
        findings.Know(KeyOf(service));
        if (Objection(service) is { } objection)
        {
            findings.Ignore(service.Origin(), objection);
            return;
        }

        IReadOnlyList<(SliceEndpoint, V1Pod?, PodReading)> resolved = Resolve(service, cluster, rules.Selector);
        if (rules.DialsServices)
        {
            FoundEndpoint? dialled = ServiceAddress.Of(service, [.. resolved.Select(one => one.Item3)], out string? reason);
            if (dialled is not null)
                findings.Add(dialled);
            if (reason is not null)
                findings.Ignore(service.Origin(), reason);
            return;
        }

        bool isServed = false;
        foreach ((_, V1Pod? pod, PodReading reading) in resolved)
        {
            if (pod is not null && rules.Selector.Contradicts(pod.LabelsOrNone()))
            {
                findings.Ignore(pod.Origin(), $"behind service {service.Metadata.Name}, but its labels contradict Kubernetes:Selector");
                continue;
            }

            foreach (FoundEndpoint endpoint in reading.Endpoints)
                findings.Add(endpoint);
            if (reading.Objection is { } held)
                findings.Ignore(pod?.Origin() ?? service.Origin(), held);
            isServed |= reading.Objection is null;
        }

        if (!isServed)
            findings.Ignore(service.Origin(), "no ready endpoint");
    }

    private static PodReading WithPod(V1Service service, SliceEndpoint slice, V1Pod pod, ClusterSnapshot cluster, LabelSelector? selector)
    {
        IReadOnlyList<TargetPort>? given = PoolPorts.Of(pod, cluster.PoolsIn(pod.Metadata.NamespaceProperty));
        bool knowsItself = selector is not null && (given is not null || selector.Matches(pod.LabelsOrNone()));
        var reading = PodReading.Of(pod, knowsItself ? given : AnnotationRules.WithScheme([slice.Port], service));

        // The pod itself is told sooner than its slice; but where only the slice knows, as with publishNotReadyAddresses, it counts.
        string? objection = reading.Objection ?? (slice.IsReady || knowsItself ? null : "not ready in its EndpointSlice");
        return new PodReading(
            [.. reading.Endpoints.Select(endpoint => endpoint with
            {
                Engine = endpoint.Engine ?? EngineOf(service),
                ServiceName = service.Metadata.Name,
                Withheld = objection,
                Workloads = [.. endpoint.Workloads, KeyOf(service)],
            })],
            objection);
    }

    private static PodReading WithoutPod(V1Service service, SliceEndpoint slice)
    {
        string? objection = slice.IsReady ? null : $"{slice.Address} is not ready";
        var endpoint = new FoundEndpoint
        {
            Address = AddressForm.Of(slice.Address, AnnotationRules.WithScheme([slice.Port], service)[0]),
            Origin = service.Origin(),
            Engine = EngineOf(service),
            ServiceName = service.Metadata.Name,
            Withheld = objection,
            Workloads = [KeyOf(service)],
        };
        return new PodReading([endpoint], objection);
    }

    /// <summary>The engine as the Service names it, or as it selects its pods.</summary>
    public static string? EngineOf(V1Service service) =>
        EngineLabels.Read(service) ?? EngineLabels.Read(KubernetesObjects.Readable(service.Spec?.Selector));

    /// <summary>The name under which what it served is remembered.</summary>
    public static string KeyOf(V1Service service) => $"service {service.Metadata.NamespaceProperty}/{service.Metadata.Name}";
}
