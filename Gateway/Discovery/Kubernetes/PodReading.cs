using System.Runtime.CompilerServices;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>What one pod comes to.</summary>
/// <param name="Endpoints">One a port; withheld ones too, so that what is known of them is not forgotten.</param>
/// <param name="Objection">Why it gets no requests; null when it does.</param>
internal sealed record PodReading(IReadOnlyList<FoundEndpoint> Endpoints, string? Objection)
{
    /// <summary>What made the pod, as <see cref="Workload.KeyOf"/> names it; null where there is no pod.</summary>
    public string? Workload { get; init; }


    // A pod in hand never changes, its next version is another object: where one of a thousand changes, one is read. Measured with a
    // thousand of which 50 a second change, reading all of them was more than a third of the time that a new route table takes.
    private static readonly ConditionalWeakTable<V1Pod, Known> AlreadyRead = [];

    /// <param name="pod">Any pod; not to be changed from now on.</param>
    /// <param name="given">Where others say on which ports it serves; null leaves it to what the pod itself says.</param>
    public static PodReading Of(V1Pod pod, IReadOnlyList<TargetPort>? given)
    {
        if (AlreadyRead.TryGetValue(pod, out Known? known) && AreTheSame(known.Given, given))
            return known.Reading;

        string workload = Kubernetes.Workload.KeyOf(pod);
        PodReading reading = Read(pod, given, workload) with { Workload = workload };
        AlreadyRead.AddOrUpdate(pod, new Known(given, reading));
        return reading;
    }

    private static PodReading Read(V1Pod pod, IReadOnlyList<TargetPort>? given, string workload)
    {
        string? objection = PodEligibility.NeverReason(pod);
        if (objection is not null)
            return new PodReading([], objection);
        if (AnnotationRules.Objection(pod) is { } wrong)
            return new PodReading([], wrong);

        objection = PodEligibility.MomentaryReason(pod);
        if (string.IsNullOrEmpty(pod.Status?.PodIP))
            return new PodReading([], objection is "terminating" ? objection : "no IP address yet");
        if (!AddressForm.IsDiallable(pod.Status.PodIP))
            return new PodReading([], $"its address {pod.Status.PodIP} is link-local");

        ModelContainer container = ModelContainer.Of(pod);
        IReadOnlyList<TargetPort> ports = Ports(pod, given, container);
        if (ports.Count == 0)
            return new PodReading([], "no port: its active-ports annotation leaves none of its InferencePool's target ports");

        var endpoint = new FoundEndpoint
        {
            Address = AddressForm.Of(pod.Status.PodIP, ports[0]),
            Origin = pod.Origin(),
            Engine = EngineLabels.Read(pod),
            FallbackEngine = container.Engine ?? FoundEndpoint.DefaultEngine,
            FallbackModels = container.Command is null ? [] : ModelArguments.Read(container.Command),
            ServiceName = Kubernetes.Workload.NameOf(pod),
            Withheld = objection,
            Workloads = [workload],
        };
        return new PodReading([.. ports.Select(port => endpoint with { Address = AddressForm.Of(pod.Status.PodIP, port) })], objection);
    }

    private static IReadOnlyList<TargetPort> Ports(V1Pod pod, IReadOnlyList<TargetPort>? given, ModelContainer container)
    {
        IReadOnlyList<TargetPort> ports = PodPorts.Parse(pod.Annotation(DiscoveryAnnotations.Port)) is { } annotated
            ? [given?.FirstOrDefault(port => port.Number == annotated) is { Number: > 0 } known ? known : new TargetPort(annotated)]
            : given ?? [new TargetPort(PodPorts.Find(pod, container.Command))];
        return AnnotationRules.WithScheme(ports, pod);
    }

    private static bool AreTheSame(IReadOnlyList<TargetPort>? left, IReadOnlyList<TargetPort>? right) =>
        left is null || right is null ? ReferenceEquals(left, right) : left.SequenceEqual(right);

    private sealed record Known(IReadOnlyList<TargetPort>? Given, PodReading Reading);
}
