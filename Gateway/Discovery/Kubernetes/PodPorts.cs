using System.Globalization;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Finds the port on which a pod serves, by itself. llm-d's convention is 8000, whether the engine or its sidecar listens there.</summary>
internal static class PodPorts
{
    private const int Usual = 8000;
    private const string SidecarPort = "sidecar";
    private const string SidecarContainer = "routing-proxy";
    private const string PortOption = "--port";

    // llm-d's guides, common charts, llm-d's former operator.
    private static readonly string[] EnginePorts = ["modelserver", "http", "vllm"];

    // In the order of what is most particular: where a sidecar stands before the engine, the engine's own port is the wrong one.
    public static int Find(V1Pod pod, ContainerCommand? engine) =>
        Named(pod, SidecarPort)
        ?? SidecarOption(pod)
        ?? EnginePorts.Select(name => Named(pod, name)).FirstOrDefault(port => port is not null)
        ?? Parse(engine?.Option(PortOption))
        ?? Usual;

    public static int? Parse(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535 ? port : null;

    private static int? Named(V1Pod pod, string name) =>
        (from container in Containers(pod)
         from port in container.Ports ?? []
         where port.Name == name
         select (int?)port.ContainerPort).FirstOrDefault();

    private static int? SidecarOption(V1Pod pod) =>
        (from container in Containers(pod)
         where container.Name == SidecarContainer
         select Parse(ContainerCommand.Of(container).Option(PortOption))).FirstOrDefault();

    // A native sidecar is an init container that never ends.
    private static IEnumerable<V1Container> Containers(V1Pod pod) => (pod.Spec?.InitContainers ?? []).Concat(pod.Spec?.Containers ?? []);
}
