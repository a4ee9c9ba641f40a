using Gateway.Discovery;
using static Gateway.Tests.Discovery.Kubernetes.PodsToRoutes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>What a pod says of its engine against what the engine says itself.</summary>
public sealed class EngineAnswerTests
{
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
}
