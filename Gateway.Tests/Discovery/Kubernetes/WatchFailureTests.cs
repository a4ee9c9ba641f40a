using Gateway.Discovery.Kubernetes;
using k8s.Models;
using static Gateway.Tests.Discovery.Kubernetes.TestPods;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class WatchFailureTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WatchThatCloses_IsResumedFromTheLastEvent(bool hasHadEvents)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        if (hasHadEvents)
        {
            api.Put(Pod("b"));
            await pods.UntilAsync(() => pods.Names is ["a", "b"]);
        }

        // Without events the client throws, which is to make no difference.
        api.CloseWatches();
        await pods.UntilAskedAsync(api, server => server.Watches().Length == 2);

        Assert.Equal(api.Version(hasHadEvents ? "b" : "a"), api.Watches()[1].ResourceVersion);
        Assert.Equal(1, api.Lists());
        Assert.Null(pods.Status.Error);
    }

    [Fact]
    public async Task WatchThatIsCut_IsResumed_AndMissesNothing()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        api.CutWatches();
        await api.UntilAsync(server => server.OpenWatches.Count == 0);
        api.Delete("pods", Namespace, "a");
        api.Put(Pod("b"));
        await pods.UntilAsync(() => pods.Names is ["b"]);

        Assert.Equal(1, api.Lists());
        Assert.Null(pods.Status.Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WatchThatEndsInTheMiddleOfALine_IsResumed(bool hasHadEvents)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        if (hasHadEvents)
        {
            api.Put(Pod("a"));
            await pods.UntilAsync(() => pods.Names is ["a"]);
        }

        api.CloseWatchesMidLine();
        await api.UntilAsync(server => server.OpenWatches.Count == 0);
        api.Put(Pod("b"));
        await pods.UntilAsync(() => pods.Names.Contains("b"));

        Assert.Equal(1, api.Lists());
    }

    [Fact]
    public async Task WatchThatKeepsBreaking_IsListedAnew_EverMoreSlowly()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        DateTimeOffset begun = pods.Clock.GetUtcNow();

        for (int i = 1; i <= 8; i++)
        {
            int opened = i;
            api.CutWatches();
            await pods.UntilAskedAsync(api, server => server.Watches().Length == opened + 1 && server.OpenWatches.Count == 1);
        }

        // The second break in a row is the first that is not resumed.
        Assert.Equal(8, api.Lists());
        TimeSpan paused = pods.Clock.GetUtcNow() - begun;
        Assert.InRange(paused, TimeSpan.FromSeconds(8 * 0.8), TimeSpan.FromSeconds(8 * 30));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task VersionThatIsTooOld_BringsAFullList_WhichFindsLostDeletes(bool byStatus)
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Faults.SaysGoneByStatus = byStatus;
        api.Put(Pod("a"));
        api.Put(Pod("b"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        api.CutWatches();
        await api.UntilAsync(server => server.OpenWatches.Count == 0);
        api.Delete("pods", Namespace, "a");
        api.ForgetHistory();
        await pods.UntilAsync(() => pods.Names is ["b"]);

        Assert.Equal(2, api.Lists());
        Assert.Null(pods.Status.Error);

        // The first one, the one that was too old, and the one after the list: nothing that is too old is tried twice.
        await api.UntilAsync(server => server.OpenWatches.Count == 1);
        Assert.Equal(3, api.Watches().Length);
    }

    [Fact]
    public async Task OpenWatchThatExpires_IsNotResumed()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        api.DeleteUnseen("pods", Namespace, "a");

        api.ExpireWatches();
        await pods.UntilAsync(() => pods.Names is []);

        await api.UntilAsync(server => server.OpenWatches.Count == 1);
        Assert.Equal(["list", "watch", "list", "watch"], api.Requests.Select(request => request.Verb));
    }

    [Fact]
    public async Task DeleteThatNoEventTells_IsFoundWithinFiveMinutes()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        api.DeleteUnseen("pods", Namespace, "a");

        await pods.Clock.UntilWaitedForAsync(left => left > TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        pods.Clock.Advance(TimeSpan.FromMinutes(5));

        await pods.UntilAsync(() => pods.Names is []);
    }

    [Fact]
    public async Task WatchThatGoesSilent_IsEndedAndReplacedWithinFiveMinutes()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        DateTimeOffset lastHeard = pods.Status.LastHeard!.Value;
        api.SilenceWatches();
        api.Put(Pod("a"));

        await pods.Clock.UntilWaitedForAsync(left => left > TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.Empty(pods.Names);
        pods.Clock.Advance(TimeSpan.FromMinutes(5));
        await pods.UntilAsync(() => pods.Names is ["a"]);

        Assert.True(pods.Status.LastHeard > lastHeard);
        await api.UntilAsync(server => server.Watches().Length == 2 && server.OpenWatches.Count == 1);
        api.Put(Pod("b"));
        await pods.UntilAsync(() => pods.Names is ["a", "b"]);
    }

    [Fact]
    public async Task ErrorsOfTheApiServer_AreTriedAgain_WithPauses()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        int left = 6;
        api.Faults.Status = _ => Interlocked.Decrement(ref left) >= 0 ? 500 : null;
        await using WatchHarness<V1Pod> pods = await WatchHarness<V1Pod>.StartAsync(api, resources => resources.Pods(Namespace, null));
        DateTimeOffset begun = pods.Clock.GetUtcNow();

        await pods.UntilAsync(() => pods.Status.Error is not null);
        Assert.Equal("500: could not list pods in namespace 'llm-d': Internal error occurred", pods.Status.Error);
        Assert.False(pods.Status.FailedForGood);
        Assert.False(pods.Status.Listed);

        await pods.UntilAsync(() => pods.Status.Listed);
        Assert.Equal(["a"], pods.Names);
        Assert.Null(pods.Status.Error);
        Assert.Equal(7, api.Lists());
        Assert.InRange(pods.Clock.GetUtcNow() - begun, TimeSpan.FromSeconds(6 * 0.8), TimeSpan.FromSeconds(6 * 30));
    }

    [Fact]
    public async Task WatchThatIsRefused_ShowsWhy_UntilOneWorks()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Faults.Status = request => request.Verb == "watch" ? 503 : null;
        await using WatchHarness<V1Pod> pods = await WatchHarness<V1Pod>.StartAsync(api, resources => resources.Pods(Namespace, null));
        await pods.UntilAskedAsync(api, server => server.Lists() == 3);
        Assert.StartsWith("503: could not watch pods in namespace 'llm-d'", pods.Status.Error, StringComparison.Ordinal);
        Assert.True(pods.Status.Listed);

        api.Faults.Status = _ => null;
        await pods.UntilAskedAsync(api, server => server.OpenWatches.Count == 1);
        Assert.NotNull(pods.Status.Error);
        api.SendBookmarks();
        await pods.UntilAsync(() => pods.Status.Error is null);
    }

    [Fact]
    public async Task ApiServerAwayForTenMinutes_KeepsWhatIsKnown_AndCatchesUp()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        api.Put(Pod("b"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        IReadOnlyDictionary<ResourceName, V1Pod> known = pods.Watcher.Current;

        api.GoAway();
        DateTimeOffset left = pods.Clock.GetUtcNow();
        await pods.UntilAsync(() => pods.Clock.GetUtcNow() - left > TimeSpan.FromMinutes(10));

        Assert.Same(known, pods.Watcher.Current);
        Assert.True(pods.Status.Listed);
        Assert.NotNull(pods.Status.Error);
        Assert.False(pods.Status.FailedForGood);
        Assert.Equal(left, pods.Status.LastHeard);

        api.Delete("pods", Namespace, "a");
        api.Put(Pod("c"));
        api.ForgetHistory();
        api.ComeBack();
        DateTimeOffset back = pods.Clock.GetUtcNow();
        await pods.UntilAsync(() => pods.Status.Error is null);

        Assert.Equal(["b", "c"], pods.Names);
        Assert.InRange(pods.Status.LastHeard!.Value, back, back + TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void PausesGrow_FromLessThanTwoSecondsToThirty_AndDiffer()
    {
        Assert.All(Enumerable.Range(1, 100), failures => Assert.InRange(WatchSchedule.PauseAfter(failures).TotalSeconds, 0.8, 30));
        Assert.All(Enumerable.Range(1, 100), _ => Assert.InRange(WatchSchedule.PauseAfter(1).TotalSeconds, 0.8, 1.6));
        Assert.Contains(Enumerable.Range(1, 1000), _ => WatchSchedule.PauseAfter(20).TotalSeconds > 20);
        Assert.Contains(Enumerable.Range(1, 1000), _ => WatchSchedule.PauseAfter(20).TotalSeconds < 10);
    }
}
