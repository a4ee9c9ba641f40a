using Gateway.Discovery.Kubernetes;
using k8s.Models;
using static Gateway.Tests.Discovery.Kubernetes.TestPods;

namespace Gateway.Tests.Discovery.Kubernetes;

public sealed class ResourceWatcherTests
{
    [Fact]
    public async Task BeforeTheFirstList_NothingIsKnown()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        var held = new TaskCompletionSource();
        api.Faults.ListsHeldUntil = held.Task;
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchHarness<V1Pod>.StartAsync(api, resources => resources.Pods(Namespace, null));

        await api.UntilAsync(server => server.Lists() == 1);
        Assert.Equal(new WatchStatus("pods in llm-d", false, null, null, false), pods.Status);
        Assert.Empty(pods.Names);

        held.SetResult();
        await pods.UntilAsync(() => pods.Status.Listed);
        Assert.Equal(["a"], pods.Names);
        Assert.Equal(pods.Clock.GetUtcNow(), pods.Status.LastHeard);
    }

    [Fact]
    public async Task WhatIsCreatedChangedAndDeleted_Follows()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        api.Put(Pod("a"));
        await pods.UntilAsync(() => pods.Names is ["a"]);

        api.Put(Pod("a", labels: ("llm-d.ai/role", "decode")));
        await pods.UntilAsync(() => pods.Watcher.Current.Values.Single().Metadata.Labels?.Count == 1);

        api.Delete("pods", Namespace, "a");
        await pods.UntilAsync(() => pods.Names is []);
        Assert.Equal(1, api.Lists());
    }

    [Fact]
    public async Task WhatNobodyReads_IsNotKept()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(WithBulk("listed"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        api.Put(WithBulk("watched"));
        await pods.UntilAsync(() => pods.Names is ["listed", "watched"]);

        Assert.All(pods.Watcher.Current.Values, pod =>
        {
            Assert.Equal("m", pod.Spec.Containers.Single().Args.Single());
            Assert.Null(pod.Metadata.ManagedFields);
            Assert.Null(pod.Spec.Containers.Single().VolumeMounts);
            Assert.Null(pod.Status.ContainerStatuses);
        });

        static V1Pod WithBulk(string name)
        {
            V1Pod pod = Pod(name);
            pod.Metadata.ManagedFields = [new() { Manager = "kubelet" }];
            pod.Spec = new() { Containers = [new() { Name = "vllm", Args = ["m"], VolumeMounts = [new() { Name = "models", MountPath = "/models" }] }] };
            pod.Status.ContainerStatuses = [new() { Name = "vllm", Image = "vllm", ImageID = "", Ready = true }];
            return pod;
        }
    }

    [Fact]
    public async Task WatchBeginsWhereTheListEnded_WithBookmarksAndARandomTimeout()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        FakeApiRequest watch = Assert.Single(api.Watches());
        Assert.Equal(api.Version("a"), watch.ResourceVersion);
        Assert.Equal("true", watch.Query["allowWatchBookmarks"]);
        Assert.InRange(int.Parse(watch.Query["timeoutSeconds"]!), 240, 600);
        Assert.NotEqual(WatchSchedule.ServerTimeout(), WatchSchedule.ServerTimeout());
    }

    [Fact]
    public async Task MoreThanAPage_IsListedInPages()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        for (int i = 0; i < 1234; i++)
            api.Put(Pod($"pod-{i}"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        Assert.Equal(1234, pods.Watcher.Current.Count);
        FakeApiRequest[] lists = [.. api.Requests.Where(request => request.Verb == "list")];
        Assert.Equal([null, "500", "500"], lists.Select(list => list.Continue is null ? null : (string?)list.Query["limit"]));
    }

    [Fact]
    public async Task ContinueTokenThatExpires_BeginsTheListAnew()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        for (int i = 0; i < 600; i++)
            api.Put(Pod($"pod-{i}"));
        bool hasExpired = false;
        api.Faults.Status = request =>
        {
            if (!hasExpired && request.Continue is not null)
            {
                hasExpired = true;
                api.ExpireContinueTokens();
            }

            return null;
        };
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        Assert.True(hasExpired);
        Assert.Equal(600, pods.Watcher.Current.Count);
        Assert.Equal([false, true, false, true], api.Requests.Where(one => one.Verb == "list").Select(one => one.Continue is not null));
        Assert.Null(pods.Status.Error);
    }

    [Fact]
    public async Task Bookmark_MovesThePointToResumeFrom()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        // Of no interest to this watch, so that only the bookmark can tell it.
        api.Put(Pod("elsewhere", @namespace: "other"));
        string bookmarked = (string)api.Get("pods", "other", "elsewhere")!["metadata"]!["resourceVersion"]!;
        api.SendBookmarks();
        api.CloseWatches();
        await pods.UntilAskedAsync(api, server => server.Watches().Length == 2);

        Assert.Equal(bookmarked, api.Watches()[1].ResourceVersion);
        Assert.Equal(["a"], pods.Names);
        Assert.Equal(1, api.Lists());
    }

    [Fact]
    public async Task TwoThousandPodsAtOnce_AllFollow_AndNothingIsCopiedTwice()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        for (int i = 0; i < 2000; i++)
            api.Put(Pod($"pod-{i}"));

        await pods.UntilAsync(() => pods.Watcher.Current.Count == 2000);
        Assert.Same(pods.Watcher.Current, pods.Watcher.Current);
    }

    [Fact]
    public async Task SnapshotInHand_NeverChanges()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        IReadOnlyDictionary<ResourceName, V1Pod> inHand = pods.Watcher.Current;

        api.Put(Pod("b"));
        await pods.UntilAsync(() => pods.Names is ["a", "b"]);

        Assert.Equal(new ResourceName(Namespace, "a"), Assert.Single(inHand.Keys));
    }

    [Fact]
    public async Task RelistNow_ListsAndShowsWhatNoWatchTold()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        api.DeleteUnseen("pods", Namespace, "a");

        await pods.Watcher.RelistAsync(TestContext.Current.CancellationToken);

        Assert.Empty(pods.Names);
        Assert.Equal(2, api.Lists());
        await api.UntilAsync(server => server.Watches().Length == 2);
    }

    [Fact]
    public async Task RelistNow_WhileListing_ListsOnceMore()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        var held = new TaskCompletionSource();
        api.Faults.ListsHeldUntil = held.Task;
        await using WatchHarness<V1Pod> pods = await WatchHarness<V1Pod>.StartAsync(api, resources => resources.Pods(Namespace, null));
        await api.UntilAsync(server => server.Lists() == 1);

        Task relisted = pods.Watcher.RelistAsync(TestContext.Current.CancellationToken);
        held.SetResult();
        await relisted;

        Assert.Equal(2, api.Lists());
    }

    [Fact]
    public async Task RelistNow_WhileTheApiServerIsAway_ReturnsWithTheError()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        api.GoAway();

        await pods.Watcher.RelistAsync(TestContext.Current.CancellationToken);

        Assert.StartsWith("could not list pods in namespace 'llm-d': ", pods.Status.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListThatFindsNothingNew_IsNoChange()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        api.Put(Pod("a"));
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        int changes = 0;
        pods.Watcher.Changed += () => Interlocked.Increment(ref changes);

        await pods.Watcher.RelistAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, changes);
    }

    [Fact]
    public async Task ListenerThatThrows_EndsNothing()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);
        pods.Watcher.Changed += () => throw new InvalidOperationException("a listener's own fault");

        api.Put(Pod("a"));
        await pods.UntilAsync(() => pods.Names is ["a"]);
        api.Put(Pod("b"));
        await pods.UntilAsync(() => pods.Names is ["a", "b"]);
    }

    [Fact]
    public async Task Stop_EndsTheWatch()
    {
        await using FakeApiServer api = await FakeApiServer.StartAsync();
        await using WatchHarness<V1Pod> pods = await WatchAsync(api);

        await pods.Watcher.StopAsync(TestContext.Current.CancellationToken);

        await api.UntilAsync(server => server.OpenWatches.Count == 0);
        await pods.Watcher.RelistAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, api.Lists());
    }
}
