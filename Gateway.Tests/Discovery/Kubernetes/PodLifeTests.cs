using Gateway.Discovery;
using Gateway.Picking;
using k8s.Models;
using static Gateway.Tests.Discovery.Kubernetes.PodsToRoutes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>Pods that come, go, come back and are held back, and the requests that they are working on.</summary>
public sealed class PodLifeTests
{
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
}
