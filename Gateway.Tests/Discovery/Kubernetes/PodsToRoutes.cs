using System.Net;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Routing;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>The way from objects of the API to the route table, for the tests of it.</summary>
internal static class PodsToRoutes
{
    public static Task<DiscoveryHarness> StartAsync(TestCluster cluster) => StartAsync(cluster, new KubernetesOptions());

    public static Task<DiscoveryHarness> StartAsync(TestCluster cluster, KubernetesOptions options, params EngineOptions[] engines) =>
        DiscoveryHarness.StartWithAsync(services => services.AddKubernetesDiscovery(options, "llm-d", _ => [cluster.Scope]), engines);

    public static V1Pod Pod(FakeEngine engine, string name = "p", string container = "image: vllm/vllm-openai", string scope = "llm-d")
    {
        IPEndPoint address = IPEndPoint.Parse(engine.Address.Authority);
        return LlmdPods.WithContainer(container, address.Address.ToString())
            .Named(name, scope)
            .Annotated("gateway.llm-d.ai/port", $"{address.Port}");
    }

    public static V1Pod Owned(V1Pod pod, string name)
    {
        pod.Metadata.OwnerReferences = [new() { Kind = "ReplicaSet", Name = "deployment-abc", Controller = true }];
        return pod.Named(name).Labelled("pod-template-hash", "abc");
    }

    public static Endpoint[] Endpoints(DiscoveryHarness discovery, string model) =>
        discovery.Table.Find(model) is { } found ? [.. found.Routes.SelectMany(route => route.Targets).SelectMany(target => target.Endpoints)] : [];
}
