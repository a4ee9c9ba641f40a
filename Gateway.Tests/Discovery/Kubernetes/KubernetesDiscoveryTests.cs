using System.Net;
using Gateway.Discovery;
using Gateway.Routing;
using static Gateway.Tests.Discovery.Kubernetes.PodsToRoutes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>From objects of the API to the route table, with engines that answer on this machine's loopback addresses.</summary>
public sealed class KubernetesDiscoveryTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task APod_IsARouteWithItsNamespaceAndDeployment()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("real", "adapter");
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["adapter on vllm", "real on vllm"], discovery.Pairs());
        Route route = discovery.Table.Find("real")!.Routes[0];
        Assert.Equal((RouteSource.Discovered, "llm-d", "p"), (route.Source, route.Namespace, route.ServiceName));
        Assert.Equal(engine.Address, Assert.Single(route.Targets[0].Endpoints).Address);
        Assert.Equal(
            ["static", "pods in llm-d", "services in llm-d", "endpointslices in llm-d", "inferencepools in llm-d"],
            discovery.Maintainer.Sources.Select(source => source.Name));
        Assert.Equal(1, discovery.Maintainer.Sources[1].Endpoints);
        Assert.Empty(discovery.Maintainer.Ignored);
    }

    [Fact]
    public async Task ItIsReady_OnlyWhenEveryWatchHasListedOrFailedForGood()
    {
        var cluster = new TestCluster();
        cluster.Pods.Status = cluster.Pods.Status with { Listed = false };
        cluster.Pools.Status = cluster.Pools.Status with { Listed = false, Error = "404 Not Found", FailedForGood = true };
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        Assert.False(discovery.Maintainer.IsReady);
        cluster.Pods.Status = cluster.Pods.Status with { Error = "503 Service Unavailable" };
        DiscoveryReport report = await discovery.DiscoverAsync();
        Assert.False(discovery.Maintainer.IsReady);
        Assert.Equal(["pods in llm-d: 503 Service Unavailable"], report.Errors);
        Assert.Equal(1, cluster.Listings);

        cluster.Pods.Status = cluster.Pods.Status with { Listed = true, Error = null };
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        Assert.Equal("404 Not Found", discovery.Maintainer.Sources[4].Error);
    }

    [Theory]
    [InlineData("b a", false, "b")]
    [InlineData("a b", false, "a")]
    [InlineData("*", false, "a")]
    [InlineData("b a", true, "a b")]
    public async Task APairInSeveralNamespaces_BelongsToTheFirst_UnlessMerged(string namespaces, bool merge, string owners)
    {
        await using FakeEngine inA = await FakeEngine.StartAsync("m");
        await using FakeEngine inB = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster(scope: null);
        cluster.Pods.Put(Pod(inB, "p", scope: "b"), Pod(inA, "p", scope: "a"));
        KubernetesOptions options = new() { Namespaces = [.. namespaces.Split(' ')], MergeNamespaces = merge };
        await using DiscoveryHarness discovery = await StartAsync(cluster, options);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(
            owners.Split(' ').Select(owner => owner == "a" ? inA.Address : inB.Address).OrderBy(address => address.Authority, StringComparer.Ordinal),
            Endpoints(discovery, "m").Select(endpoint => endpoint.Address).OrderBy(address => address.Authority, StringComparer.Ordinal));
        Assert.Equal(merge ? null : owners, discovery.Table.Routes.Single().Namespace);
        Assert.Equal(
            merge ? [] : [$"pod {(owners == "a" ? "b" : "a")}/p: shadowed by namespace {owners}, which serves m on vllm, too"],
            TestCluster.Describe(discovery.Maintainer.Ignored));
    }

    [Fact]
    public async Task WhereTheFirstNamespaceServesNot_TheNextDoes()
    {
        await using FakeEngine inA = await FakeEngine.StartAsync("m");
        await using FakeEngine inB = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster(scope: null);
        cluster.Pods.Put(Pod(inA, "p", scope: "a"), Pod(inB, "p", scope: "b"));
        await using DiscoveryHarness discovery = await StartAsync(cluster, new KubernetesOptions { Namespaces = ["a", "b"] });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        cluster.Pods.Put(Pod(inA, "p", scope: "a").NotReady());
        await discovery.UntilAsync(() => Endpoints(discovery, "m") is [var only] && only.Address == inB.Address);
    }

    [Fact]
    public async Task AMappingToADeployment_FollowsItsPods()
    {
        await using FakeEngine first = await FakeEngine.StartAsync("m");
        await using FakeEngine second = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster();
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        Mapping mapping = new() { Model = "alias", OwnedBy = "vllm", ServiceName = "deployment", TargetModel = "m" };
        await discovery.Mappings.PutAsync(mapping, null, CancellationToken);
        Assert.Empty(Endpoints(discovery, "alias"));

        cluster.Pods.Put(Owned(Pod(first).Labelled("llm-d.ai/role", null), "one"));
        await discovery.UntilAsync(() => Endpoints(discovery, "alias").Length == 1);
        cluster.Pods.Put(Owned(Pod(second).Labelled("llm-d.ai/role", null), "two"));
        await discovery.UntilAsync(() => Endpoints(discovery, "alias").Length == 2);
        Assert.Equal(["alias on vllm"], discovery.Pairs());
    }

    [Fact]
    public async Task AMappingToAService_FollowsItsSlices()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster();
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        Mapping mapping = new() { Model = "alias", OwnedBy = "vllm", ServiceName = "front", Namespace = "llm-d", TargetModel = "m" };
        await discovery.Mappings.PutAsync(mapping, null, CancellationToken);

        IPEndPoint address = IPEndPoint.Parse(engine.Address.Authority);
        cluster.WithService(
            "metadata: {name: front, namespace: llm-d}\nspec: {clusterIP: None, ports: [{port: 80}]}",
            $$$"""
            metadata: {name: front-1, namespace: llm-d, labels: {kubernetes.io/service-name: front}}
            addressType: IPv4
            ports: [{port: {{{address.Port}}} }]
            endpoints: [{addresses: [{{{address.Address}}}]}]
            """);
        await discovery.UntilAsync(() => Endpoints(discovery, "alias") is [var only] && only.Address == engine.Address);
    }

    [Fact]
    public async Task AConfiguredEngineThatIsAlsoAPod_IsOneEndpoint_AsConfigured()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.WantingKey("k", FakeEngine.Listing("m")));
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine).Labelled("llm-d.ai/engine-type", "sglang"));
        await using DiscoveryHarness discovery = await StartAsync(
            cluster, new KubernetesOptions(), new EngineOptions { Url = engine.Url, OwnedBy = "mine", ApiKey = "k" });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["m on mine"], discovery.Pairs());
        Assert.Single(discovery.Registry.All);
    }
}
