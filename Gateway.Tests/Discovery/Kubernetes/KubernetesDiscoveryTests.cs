using System.Net;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Picking;
using Gateway.Routing;
using k8s.Models;

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

    [Fact]
    public async Task APodThatLeavesAndComesBack_IsNotForgotten()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        LiveEndpoint endpoint = discovery.Registry.Get(engine.Address);

        cluster.Pods.Put(Pod(engine).NotReady());
        await discovery.UntilAsync(() => Endpoints(discovery, "m").Length == 0);
        Assert.Equal(["m on vllm"], discovery.Pairs());
        Assert.Equal(["pod llm-d/p: not Ready"], TestCluster.Describe(discovery.Maintainer.Ignored));

        // What it served is known before it is asked again: this answer does not tell.
        engine.Answer = FakeEngine.Status(500);
        cluster.Pods.Put(Pod(engine));
        await discovery.UntilAsync(() => Endpoints(discovery, "m").Length == 1);
        Assert.Same(endpoint, Endpoints(discovery, "m")[0]);
        Assert.Empty(discovery.Maintainer.Ignored);
    }

    [Fact]
    public async Task RunningRequests_SurviveThatTheirPodTerminates()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        LiveEndpoint endpoint = discovery.Registry.Get(engine.Address);
        endpoint.BeginRequest();

        V1Pod terminating = Pod(engine);
        terminating.Metadata.DeletionTimestamp = DateTime.UtcNow;
        cluster.Pods.Put(terminating);
        await discovery.UntilAsync(() => Endpoints(discovery, "m").Length == 0);
        Assert.Equal(1, discovery.Registry.Get(engine.Address).InFlight);

        cluster.Pods.Remove(terminating);
        await discovery.UntilAsync(() => discovery.Pairs().Length == 0);
        Assert.Same(endpoint, discovery.Registry.Get(engine.Address));
    }

    [Fact]
    public async Task RunningRequests_SurviveThatTheirPodIsCordoned_AndItIsShownAsDraining()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        LiveEndpoint endpoint = Assert.Single(discovery.Registry.All);
        endpoint.BeginRequest();

        cluster.Pods.Put(Pod(engine).Annotated("gateway.llm-d.ai/cordon", "true"));
        await discovery.UntilAsync(() => Endpoints(discovery, "m").Length == 0);
        Assert.Same(endpoint, Assert.Single(discovery.Registry.All));
        Assert.Equal((EndpointState.Draining, 1), (endpoint.State, endpoint.InFlight));

        cluster.Pods.Put(Pod(engine));
        await discovery.UntilAsync(() => Endpoints(discovery, "m").Length == 1);
        Assert.Equal((EndpointState.Ready, 1), (endpoint.State, endpoint.InFlight));
    }

    [Fact]
    public async Task AModel_StaysKnown_WhileItsDeploymentHasAPod()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.ListingOf("sglang", "m"));
        var cluster = new TestCluster();
        V1Pod old = Owned(Pod(engine), "old");
        cluster.Pods.Put(old);
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        V1Pod next = Owned(Pod(engine), "next");
        next.Status = new V1PodStatus { Phase = "Pending" };
        cluster.Pods.Put(next);
        cluster.Pods.Remove(old);
        await discovery.UntilAsync(() => Endpoints(discovery, "m").Length == 0);
        Assert.Equal(["m on sglang"], discovery.Pairs());

        cluster.Pods.Remove(next);
        await discovery.UntilAsync(() => discovery.Pairs().Length == 0);
    }

    [Fact]
    public async Task APodThatIsHeldBack_IsNotAsked()
    {
        await using FakeEngine held = await FakeEngine.StartAsync("held");
        await using FakeEngine begun = await FakeEngine.StartAsync("begun");
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(held, "held", "args: [--model, from-args]").NotReady(), Pod(begun, "begun"));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        cluster.Pods.Put(Pod(begun, "begun").NotReady());
        await discovery.UntilAsync(() => Endpoints(discovery, "begun").Length == 0);
        int probes = begun.Probes;
        begun.Answer = FakeEngine.Status(500);
        DiscoveryReport report = await discovery.DiscoverAsync();

        // Known from its command line, so that a request is told to come again.
        Assert.Equal(["begun on vllm", "from-args on vllm"], discovery.Pairs());
        Assert.Equal((0, probes), (held.Probes, begun.Probes));
        Assert.Empty(report.Errors);
    }

    [Fact]
    public async Task ALabelThatChanges_MovesTheModelToAnotherEngine()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Pairs() is ["m on vllm"]);

        cluster.Pods.Put(Pod(engine).Labelled("llm-d.ai/engine-type", "sglang"));
        await discovery.UntilAsync(() => discovery.Pairs() is ["m on sglang"]);
        DiscoveryWarning warning = Assert.Single(discovery.Maintainer.Warnings);
        Assert.Equal(
            (engine.Address, "pod llm-d/p", "Its label or annotation says engine 'sglang', its /v1/models says 'vllm'; 'sglang' is used."),
            (warning.Address, warning.Origin.ToString(), warning.Message));

        cluster.Pods.Put(Pod(engine).Labelled("llm-d.ai/role", "prefill"));
        await discovery.UntilAsync(() => discovery.Pairs().Length == 0);
        Assert.Empty(discovery.Maintainer.Warnings);
    }

    [Fact]
    public async Task AnAliasOfTheEnginesName_IsNoContradiction()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.ListingOf("tensorrt_llm", "m"));
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(engine).Labelled("llm-d.ai/engine-type", "trtllm-serve"));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["m on trtllm-serve"], discovery.Pairs());
        Assert.Empty(discovery.Maintainer.Warnings);
    }

    [Fact]
    public async Task AnEngineThatListsNothing_IsIgnoredWithItsAnswer_UnlessItsCommandLineNamesTheModel()
    {
        await using FakeEngine silent = await FakeEngine.StartAsync(FakeEngine.Status(401));
        await using FakeEngine told = await FakeEngine.StartAsync(FakeEngine.Status(401));
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(silent, "silent"), Pod(told, "told", "args: [--served-model-name, from-args]"));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["from-args on vllm"], discovery.Pairs());
        Assert.True(discovery.Registry.Get(told.Address).IsAvailable);
        Assert.Equal(
            [$"pod llm-d/silent: {silent.Url} answered 401 to GET /v1/models, expected 200: it wants a key, which the engine's ApiKey or ApiKeyFile gives"],
            TestCluster.Describe(discovery.Maintainer.Ignored));
    }

    [Fact]
    public async Task AProxyThatAnswersForADeadEngine_IsNoSignOfLife()
    {
        await using FakeEngine sidecar = await FakeEngine.StartAsync(FakeEngine.Status(502));
        var cluster = new TestCluster();
        cluster.Pods.Put(Pod(sidecar, "p", "args: [--served-model-name, m]"));
        await using DiscoveryHarness discovery = await StartAsync(cluster);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["m on vllm"], discovery.Pairs());
        Assert.False(discovery.Registry.Get(sidecar.Address).IsAvailable);
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

    private static Task<DiscoveryHarness> StartAsync(TestCluster cluster) => StartAsync(cluster, new KubernetesOptions());

    private static Task<DiscoveryHarness> StartAsync(TestCluster cluster, KubernetesOptions options, params EngineOptions[] engines) =>
        DiscoveryHarness.StartWithAsync(services => services.AddKubernetesDiscovery(options, "llm-d", _ => [cluster.Scope]), engines);

    private static V1Pod Pod(FakeEngine engine, string name = "p", string container = "image: vllm/vllm-openai", string scope = "llm-d")
    {
        IPEndPoint address = IPEndPoint.Parse(engine.Address.Authority);
        return LlmdPods.WithContainer(container, address.Address.ToString())
            .Named(name, scope)
            .Annotated("gateway.llm-d.ai/port", $"{address.Port}");
    }

    private static V1Pod Owned(V1Pod pod, string name)
    {
        pod.Metadata.OwnerReferences = [new() { Kind = "ReplicaSet", Name = "deployment-abc", Controller = true }];
        return pod.Named(name).Labelled("pod-template-hash", "abc");
    }

    private static Endpoint[] Endpoints(DiscoveryHarness discovery, string model) =>
        discovery.Table.Find(model) is { } found ? [.. found.Routes.SelectMany(route => route.Targets).SelectMany(target => target.Endpoints)] : [];
}
