using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Which port of a Service serves inference.</summary>
internal static class ServicePorts
{
    private const string Tcp = "TCP";

    // The names under which charts and guides publish an engine; the others of a Service are its metrics, gRPC and the like.
    private static readonly string[] Preferred = ["http", "modelserver", "vllm", "sidecar", "https"];

    /// <returns>Null when it has none for TCP.</returns>
    public static V1ServicePort? Choose(V1Service service)
    {
        V1ServicePort[] ports = [.. (service.Spec?.Ports ?? []).Where(port => port.Protocol is null or Tcp)];
        return Preferred.Select(name => Array.Find(ports, port => port.Name == name)).FirstOrDefault(port => port is not null)
            ?? ports.FirstOrDefault();
    }
}
