using System.Text.Json;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using k8s;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>One watched scope whose objects the test writes.</summary>
internal sealed class TestCluster
{
    public const string DefaultSelector = "llm-d.ai/role in (decode,prefill-decode,both,encode-prefill-decode)";

    public TestCluster(string? scope = "llm-d")
    {
        string where = scope is null ? "all namespaces" : scope;
        Pods = new($"pods in {where}");
        Services = new($"services in {where}");
        Slices = new($"endpointslices in {where}");
        Pools = new($"inferencepools in {where}");
        Scope = new WatchedScope(scope, Pods, Services, Slices, Pools, _ =>
        {
            Listings++;
            return Task.CompletedTask;
        });
    }

    public TestCache<V1Pod> Pods { get; }

    public TestCache<V1Service> Services { get; }

    public TestCache<V1EndpointSlice> Slices { get; }

    public TestCache<InferencePool> Pools { get; }

    public WatchedScope Scope { get; }

    public int Listings { get; private set; }

    public TestCluster With(params V1Pod[] pods)
    {
        Pods.Put(pods);
        return this;
    }

    public TestCluster WithService(string yaml, params string[] slices)
    {
        Services.Put(KubernetesYaml.Deserialize<V1Service>(yaml));
        Slices.Put([.. slices.Select(slice => KubernetesYaml.Deserialize<V1EndpointSlice>(slice))]);
        return this;
    }

    public TestCluster WithPool(string json)
    {
        Pools.Put(JsonSerializer.Deserialize<InferencePool>(json)!);
        return this;
    }

    public ClusterFindings Find(bool dialsServices = false, string selector = DefaultSelector) =>
        new(new ClusterState([Scope]).Current, Rules(dialsServices, selector));

    public KubernetesServiceResolver Resolver(bool dialsServices = false) => new(new ClusterState([Scope]), Rules(dialsServices));

    /// <summary>The endpoints that get requests.</summary>
    public string[] Served(bool dialsServices = false, string selector = DefaultSelector) =>
        [.. Find(dialsServices, selector).Endpoints.Where(endpoint => endpoint.Withheld is null).Select(endpoint => endpoint.Address.ToString())];

    public string[] Ignored(bool dialsServices = false, string selector = DefaultSelector) => Describe(Find(dialsServices, selector).Ignored);

    public static string[] Describe(IEnumerable<IgnoredObject> ignored) => [.. ignored.Select(one => $"{one.Kind} {one.Namespace}/{one.Name}: {one.Reason}")];

    private static DiscoveryRules Rules(bool dialsServices, string selector = DefaultSelector) =>
        new(LabelSelector.Parse(selector), dialsServices, OwnNamespace: "llm-d");
}
