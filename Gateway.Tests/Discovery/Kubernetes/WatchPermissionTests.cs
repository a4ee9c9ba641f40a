using System.Text.Json.Nodes;
using Gateway.Discovery.Kubernetes;
using k8s.Models;
using static Gateway.Tests.Discovery.Kubernetes.TestPods;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class WatchPermissionTests
{
    private const string Token = "a-token";
    private const string User = "system:serviceaccount:llm-d:gateway";

    [Theory]
    [InlineData("get", "403: may not list pods in namespace 'llm-d' (missing verb 'list' on 'pods')")]
    [InlineData("list", "403: may not watch pods in namespace 'llm-d' (missing verb 'watch' on 'pods')")]
    public async Task MissingVerb_IsNamed_AndItsGrantIsFoundWithinAMinute(string granted, string error)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        api.Access.Add(new FakeAccount(Token, User, new FakeRule(granted, "pods", Namespace)));
        await using WatchHarness<V1Pod> pods =
            await WatchHarness<V1Pod>.StartAsync(api, resources => resources.Pods(Namespace, null), Token);

        await pods.UntilAsync(() => pods.Status.FailedForGood);
        Assert.Equal(error, pods.Status.Error);
        TimeSpan pause = await pods.Clock.UntilWaitedForAsync(
            left => left <= TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.True(pause >= TimeSpan.FromSeconds(30));

        api.Access.Add(new FakeAccount(Token, User, new FakeRule("list,watch", "pods", Namespace)));
        await pods.UntilAskedAsync(api, server => server.OpenWatches.Count == 1);
        api.SendBookmarks();
        await pods.UntilAsync(() => pods.Status is { Listed: true, Error: null, FailedForGood: false });
        Assert.Equal(["a"], pods.Names);
    }

    [Fact]
    public async Task RoleOfOneNamespace_IsNotEnoughForAll()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Access.Add(new FakeAccount(Token, User, new FakeRule("list,watch", "endpointslices", Namespace)));
        await using WatchHarness<V1EndpointSlice> slices =
            await WatchHarness<V1EndpointSlice>.StartAsync(api, resources => resources.EndpointSlices(null, null), Token);

        await slices.UntilAsync(() => slices.Status.FailedForGood);
        Assert.Equal(
            "403: may not list endpointslices in all namespaces "
            + "(missing verb 'list' on 'endpointslices' of API group 'discovery.k8s.io' in a ClusterRole)",
            slices.Status.Error);
    }

    [Fact]
    public async Task RoleForOneConfigMap_IsEnoughToWatchIt()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(new V1ConfigMap { Metadata = new() { NamespaceProperty = Namespace, Name = "routes" } });
        api.Put(new V1ConfigMap { Metadata = new() { NamespaceProperty = Namespace, Name = "other" } });
        api.Access.Add(new FakeAccount(Token, User, new FakeRule("list,watch", "configmaps", Namespace, "routes")));
        await using WatchHarness<V1ConfigMap> routes =
            await WatchHarness<V1ConfigMap>.StartAsync(api, resources => resources.ConfigMap(Namespace, "routes"), Token);

        await routes.UntilAsync(() => routes.Status.Listed);
        Assert.Equal(["routes"], routes.Names);
        await api.UntilAsync(server => server.OpenWatches.Count == 1);
    }

    [Fact]
    public async Task WrongToken_IsNoFailureForGood()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Access.Add(new FakeAccount(Token, User));
        await using WatchHarness<V1Pod> pods =
            await WatchHarness<V1Pod>.StartAsync(api, resources => resources.Pods(Namespace, null), "another-token");

        await pods.UntilAsync(() => pods.Status.Error is not null);
        Assert.Equal(
            "401: could not list pods in namespace 'llm-d': the API server does not accept the gateway's credentials", pods.Status.Error);
        Assert.False(pods.Status.FailedForGood);
    }

    [Fact]
    public async Task KindThatIsMissing_IsAskedForEveryFewMinutes_AndFoundOnceInstalled()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<InferencePool> pools =
            await WatchHarness<InferencePool>.StartAsync(api, resources => resources.InferencePools(Namespace));

        await pools.UntilAsync(() => pools.Status.FailedForGood);
        Assert.Equal("404: could not list inferencepools in namespace 'llm-d': the cluster has no such kind", pools.Status.Error);
        TimeSpan pause = await pools.Clock.UntilWaitedForAsync(_ => true, TestContext.Current.CancellationToken);
        Assert.InRange(pause, TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4));

        api.Put(new JsonObject
        {
            ["kind"] = "InferencePool",
            ["metadata"] = new JsonObject { ["namespace"] = Namespace, ["name"] = "pool" },
        });
        pools.Clock.Advance(pause);
        await pools.UntilAsync(() => pools.Names is ["pool"]);
        Assert.Equal((null, false), (pools.Status.Error, pools.Status.FailedForGood));
    }
}
