using Gateway.Discovery;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Tests.Discovery;

public sealed class RouteTableMaintainerTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnginesAreFound_EachUnderItsOwnCardsOwner()
    {
        await using FakeEngine vllm = await FakeEngine.StartAsync("m", "lora");
        await using FakeEngine mixed = await FakeEngine.StartAsync(FakeEngine.Raw(
            """{"data":[{"id":"m","owned_by":"sglang"},{"id":"n"}]}"""));
        await using FakeEngine named = await FakeEngine.StartAsync("m");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(
            new() { Url = vllm.Url }, new() { Url = mixed.Url }, new() { Url = named.Url, OwnedBy = "mine" });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["lora on vllm", "m on mine", "m on sglang", "m on vllm", "n on vllm"], discovery.Pairs());
    }

    [Fact]
    public async Task WithoutEngines_ItIsReadyAtOnce()
    {
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync();

        Assert.True(discovery.Maintainer.IsReady);
        Assert.Equal(new SourceStatus("static", true, null, 0, null), Assert.Single(discovery.Maintainer.Sources));
    }

    [Fact]
    public async Task ItIsReady_OnlyWhenTheMappingsAreLoaded()
    {
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync();
        discovery.Mappings.IsLoaded = false;
        Assert.False(discovery.Maintainer.IsReady);

        discovery.Mappings.IsLoaded = true;
        Assert.True(discovery.Maintainer.IsReady);
    }

    [Fact]
    public async Task ItIsReady_OnlyWhenEveryEngineHasAnsweredOrFailed()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeEngine quick = await FakeEngine.StartAsync("m");
        await using FakeEngine slow = await FakeEngine.StartAsync(async context =>
        {
            await release.Task;
            await FakeEngine.Status(500)(context);
        });
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new() { Url = quick.Url }, new() { Url = slow.Url });
        await discovery.UntilAsync(() => discovery.Table.Models.Count == 1);
        Assert.False(discovery.Maintainer.IsReady);
        Assert.False(discovery.Maintainer.Sources[0].Listed);

        release.SetResult();
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        SourceStatus source = Assert.Single(discovery.Maintainer.Sources);
        Assert.Equal((true, discovery.Clock.GetUtcNow(), 2), (source.Listed, source.LastListed, source.Endpoints));
        Assert.Equal($"{slow.Url} answered 500 to GET /v1/models, expected 200", source.Error);
    }

    [Fact]
    public async Task AfterThirtySeconds_OneRouteIsEnoughToBeReady()
    {
        await using FakeEngine quick = await FakeEngine.StartAsync("m");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeEngine slow = await FakeEngine.StartAsync(_ => release.Task);
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new() { Url = quick.Url }, new() { Url = slow.Url });
        await discovery.UntilAsync(() => discovery.Table.Models.Count == 1);
        Assert.False(discovery.Maintainer.IsReady);

        discovery.Clock.PassUnnoticed(TimeSpan.FromSeconds(30));
        Assert.True(discovery.Maintainer.IsReady);
        Assert.False(discovery.Maintainer.Sources[0].Listed);
        release.SetResult();
    }

    [Fact]
    public async Task ConfiguredModelsAndOwner_AreRoutesAtOnce()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.WantingKey("k", FakeEngine.Listing("other")));
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(
            new EngineOptions { Url = engine.Url, OwnedBy = "mine", Models = { "a", "b" }, ApiKey = "k" });

        Assert.Equal(["a on mine", "b on mine"], discovery.Pairs());
        var endpoint = (LiveEndpoint)discovery.Table.Find("a")!.Routes[0].Targets[0].Endpoints[0];
        Assert.Equal((true, "Bearer k"), (endpoint.IsAvailable, endpoint.Authorization));
    }

    [Fact]
    public async Task ConfiguredModels_TakeTheOwnerFromTheCards()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using FakeEngine engine = await FakeEngine.StartAsync(async context =>
        {
            await release.Task;
            await FakeEngine.ListingOf("sglang", "base")(context);
        });
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new EngineOptions { Url = engine.Url, Models = { "a" } });
        Assert.Empty(discovery.Pairs());

        release.SetResult();
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);

        Assert.Equal(["a on sglang"], discovery.Pairs());
    }

    [Fact]
    public async Task AnEngineThatStartsLate_IsFound()
    {
        FakeEngine first = await FakeEngine.StartOnQuietPortAsync();
        EngineOptions options = new() { Url = first.Url };
        int port = new Uri(first.Url).Port;
        await first.DisposeAsync();
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(options);
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        Assert.Empty(discovery.Pairs());

        await discovery.Clock.UntilWaitedForAsync(due => due == ProbeSchedule.Quick, CancellationToken);
        await using FakeEngine late = await FakeEngine.StartAsync(FakeEngine.Listing("m"), port);
        discovery.Clock.Advance(ProbeSchedule.Quick);
        await discovery.UntilAsync(() => discovery.Pairs() is ["m on vllm"]);
    }

    [Fact]
    public async Task ChangedModels_ReplaceTheOldOnes_AndTheReportSaysSo()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("old", "kept");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new EngineOptions { Url = engine.Url });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        engine.Answer = FakeEngine.Listing("kept", "new");
        discovery.Registry.Get(engine.Address).ReportAnswer();
        DiscoveryReport report = await discovery.DiscoverAsync();

        Assert.Equal(["kept on vllm", "new on vllm"], discovery.Pairs());
        Assert.Equal(2, report.Discovered);
        Assert.Equal(["new on vllm"], report.Added);
        Assert.Equal(["old on vllm"], report.Removed);
        Assert.Empty(report.Errors);
    }

    [Fact]
    public async Task AnEngineThatFails_KeepsItsRoutes_AndTheReportSaysWhy()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new EngineOptions { Url = engine.Url });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        engine.Answer = FakeEngine.Status(403);
        DiscoveryReport report = await discovery.DiscoverAsync();

        Assert.Equal(["m on vllm"], discovery.Pairs());
        Assert.Equal(1, report.Discovered);
        Assert.Empty(report.Removed);
        Assert.StartsWith($"{engine.Url} answered 403", Assert.Single(report.Errors), StringComparison.Ordinal);
        Assert.False(discovery.Registry.Get(engine.Address).IsAvailable);
    }

    [Fact]
    public async Task WhatDiffersOnEveryAnswer_IsNoReasonForAnotherTable()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new EngineOptions { Url = engine.Url });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        RouteTable before = discovery.Table;
        await discovery.DiscoverAsync();

        Assert.Same(before, discovery.Table);
    }

    [Fact]
    public async Task AnAdminMapping_RoutesAtOnce_AndItsDeletionBringsTheDiscoveredRouteBack()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        await using FakeEngine other = await FakeEngine.StartAsync("m");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new EngineOptions { Url = engine.Url });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        Mapping mapping = new() { Model = "m", OwnedBy = "VLLM", Endpoints = [other.Address] };

        await discovery.Mappings.PutAsync(mapping, null, CancellationToken);
        Route mapped = Assert.Single(discovery.Table.Routes);
        Assert.Equal((RouteSource.Admin, other.Address), (mapped.Source, mapped.Targets[0].Endpoints[0].Address));
        Assert.Equal(2, discovery.Registry.All.Count());

        await discovery.Mappings.DeleteAsync(mapping.Key, null, CancellationToken);
        Route back = Assert.Single(discovery.Table.Routes);
        Assert.Equal((RouteSource.Discovered, engine.Address), (back.Source, back.Targets[0].Endpoints[0].Address));
        Assert.Equal([engine.Address], discovery.Registry.All.Select(endpoint => endpoint.Address));
    }

    [Fact]
    public async Task AMappedEndpoint_IsProbedForItsHealth()
    {
        await using FakeEngine alive = await FakeEngine.StartAsync(FakeEngine.Status(404));
        FakeEngine dead = await FakeEngine.StartOnQuietPortAsync();
        await dead.DisposeAsync();
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync();
        Mapping mapping = new() { Model = "m", OwnedBy = "vllm", Endpoints = [alive.Address, dead.Address] };
        await discovery.Mappings.PutAsync(mapping, null, CancellationToken);
        DiscoveryReport report = await discovery.DiscoverAsync();

        Assert.Equal(EndpointState.Ready, discovery.Registry.Get(alive.Address).State);
        Assert.Equal(EndpointState.Ejected, discovery.Registry.Get(dead.Address).State);
        Assert.StartsWith(dead.Url, Assert.Single(report.Errors), StringComparison.Ordinal);
        Assert.Equal(0, report.Discovered);
    }

    [Fact]
    public async Task NewConfiguration_IsInForceAtOnce_WithoutForgettingWhatIsKnown()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        await using FakeEngine gone = await FakeEngine.StartAsync("n");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new() { Url = engine.Url }, new() { Url = gone.Url });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        LiveEndpoint endpoint = discovery.Registry.Get(engine.Address);

        discovery.Maintainer.Apply(
            [new() { Url = engine.Url, ApiKey = "new" }],
            [new() { Model = "x", OwnedBy = "y", Endpoints = { engine.Url }, TargetModel = "m" }],
            ["y"]);

        Assert.Equal(["m on vllm", "x on y"], discovery.Pairs());
        Assert.Equal("m", discovery.Table.Find("x")!.Routes[0].Card?.GetProperty("id").GetString());
        Assert.Equal("x", Assert.Single(((IConfiguredMappings)discovery.Maintainer).Current).Model);
        Assert.Equal(["y"], discovery.Table.DefaultOwnedBy);
        Assert.Equal([endpoint], discovery.Registry.All);
        Assert.Equal("Bearer new", endpoint.Authorization);
        Assert.True(discovery.Maintainer.IsReady);
    }

    [Fact]
    public async Task WrongConfiguration_ChangesNothing()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        await using DiscoveryHarness discovery = await DiscoveryHarness.StartAsync(new EngineOptions { Url = engine.Url });
        await discovery.UntilAsync(() => discovery.Maintainer.IsReady);
        RouteTable before = discovery.Table;

        MappingOptions wrong = new() { Model = "m", OwnedBy = "vllm", Endpoints = { "nowhere" } };
        Assert.Throws<FormatException>(() => discovery.Maintainer.Apply([], [wrong], []));
        Assert.Same(before, discovery.Table);
        Assert.Equal(1, discovery.Maintainer.Sources[0].Endpoints);
    }
}
