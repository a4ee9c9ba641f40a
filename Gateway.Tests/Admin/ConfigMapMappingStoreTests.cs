using Gateway.Admin;
using Gateway.Routing;
using Gateway.Tests.EndToEnd;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Admin;

public sealed class ConfigMapMappingStoreTests : IAsyncDisposable
{
    private readonly ConfigMapApi _api = ConfigMapApi.Start();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Write_IsOneKeyOfItsOwn_WithTheRevisionBesideIt()
    {
        using var replica = new ConfigMapReplica(_api);
        MappingWrite created = await replica.PutAsync("meta-llama/Llama-3.2-1B");
        Assert.Equal((MappingWriteOutcome.Created, 1L), (created.Outcome, created.Snapshot.Revision));
        Assert.Equal(MappingWriteOutcome.Created, (await replica.PutAsync("other")).Outcome);
        Assert.Equal(MappingWriteOutcome.Replaced, (await replica.PutAsync("other", "http://10.0.0.2:8000")).Outcome);

        Assert.Equal("3", _api.Map!.Metadata.Annotations["gateway.llm-d.ai/revision"]);
        Assert.Equal(new[] { "meta-llama/Llama-3.2-1B", "other" }.Select(ConfigMapReplica.Key).Order(), _api.Data.Keys.Order());
        Assert.Equal(
            """
            {
              "model": "other",
              "owned_by": "vllm",
              "endpoints": [
                "http://10.0.0.2:8000"
              ],
              "weight": 1,
              "priority": 0
            }
            """,
            _api.Data[ConfigMapReplica.Key("other")]);
    }

    [Fact]
    public async Task TimeoutsOfAMapping_ReachAnotherReplica()
    {
        var timeouts = new RouteTimeouts { FirstByteUnary = TimeSpan.FromSeconds(90), Idle = TimeSpan.FromDays(2) };
        using var writer = new ConfigMapReplica(_api);
        await writer.Store.PutAsync(
            ConfigMapReplica.Mapping("m") with { Timeouts = timeouts }, null, TestContext.Current.CancellationToken);

        using var reader = new ConfigMapReplica(_api);
        await TestTime.UntilAsync(() => reader.Models.Length == 1, "the mapping arrives");
        Assert.Equal(timeouts, reader.Store.Current.Mappings[new MappingKey("m", "vllm")].Timeouts);
    }

    [Fact]
    public async Task Write_IsKeptAndCurrentBeforeChangedIsRaised_AndChangedBeforeItCompletes_WhateverTheWatchDoes()
    {
        using var replica = new ConfigMapReplica(_api, silentWatch: true);
        int kept = 0, current = 0;
        replica.Store.Changed += () => (kept, current) = (_api.Data.Count, replica.Models.Length);

        await replica.PutAsync("m");

        Assert.Equal((1, 1), (kept, current));
    }

    [Fact]
    public async Task WriteWhoseEventComesFirst_CompletesOnlyAfterChangedHasEnded()
    {
        using var replica = new ConfigMapReplica(_api);
        using var building = new ManualResetEventSlim();
        using var built = new ManualResetEventSlim();
        bool done = false;
        replica.Store.Changed += () =>
        {
            building.Set();
            built.Wait(TestTime.Generous);
            done = true;
        };

        // The event is out before the answer, and its handler sits in Changed while the answer arrives.
        _api.Fault = async context =>
        {
            if (context.Request.Method != "PATCH")
                return false;
            (int status, string body) = await _api.DoAsync(context.Request);
            building.Wait(TestTime.Generous);
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
            return true;
        };
        Task<bool> write = Task.Run(async () =>
        {
            await replica.PutAsync("m");
            return done;
        });
        building.Wait(TestTime.Generous, TestContext.Current.CancellationToken);

        // Time for a write to complete that should not; nothing waits for it where all is well.
        await Task.WhenAny(write, Task.Delay(100, TestContext.Current.CancellationToken));
        built.Set();

        Assert.True(await write.SoonAsync());
    }

    [Fact]
    public async Task OtherReplicas_Follow_AndOnesThatStartLaterKnow()
    {
        using var writer = new ConfigMapReplica(_api);
        using var follower = new ConfigMapReplica(_api);
        await writer.PutAsync("m");
        await writer.PutAsync("n");
        await writer.DeleteAsync("m");
        await TestTime.UntilAsync(() => follower.Revision == 3, "the other replica follows");
        using var late = new ConfigMapReplica(_api);

        Assert.Equal(["n"], follower.Models);
        Assert.Equal((3L, "n"), (late.Revision, Assert.Single(late.Models)));
    }

    [Fact]
    public async Task TwoReplicasWritingAtOnce_WhileTheManifestsAreAppliedAgain_LoseNothing()
    {
        const int Mappings = 50;
        using var left = new ConfigMapReplica(_api);
        using var right = new ConfigMapReplica(_api);
        Task applying = ApplyManifestsAsync(Enumerable.Range(0, Mappings / 5).Select(number => number * 5));

        MappingWrite[] writes = await Task.WhenAll(
            Enumerable.Range(0, Mappings).Select(number => (number % 2 == 0 ? left : right).PutAsync($"org/model-{number}"))).SoonAsync();
        await applying;

        Assert.All(writes, write => Assert.Equal(MappingWriteOutcome.Created, write.Outcome));
        Assert.Equal(Enumerable.Range(1, Mappings).Select(number => (long)number), writes.Select(write => write.Snapshot.Revision).Order());
        Assert.Equal(Mappings, _api.Data.Count);
        Assert.NotEqual(0, _api.Conflicts);
        await TestTime.UntilAsync(() => left.Revision == Mappings && right.Revision == Mappings, "both replicas know all");
        Assert.Equal(Mappings, left.Models.Length);
        Assert.Equal(left.Models, right.Models);
    }

    [Fact]
    public async Task IfMatch_HoldsAgainstWhatIsKept_NotAgainstWhatThisReplicaHasHeardOf()
    {
        using var ahead = new ConfigMapReplica(_api);
        using var behind = new ConfigMapReplica(_api, silentWatch: true);
        await ahead.PutAsync("m");

        Assert.Equal(MappingWriteOutcome.StaleRevision, (await behind.PutAsync("n", expected: 0)).Outcome);
        Assert.Equal(MappingWriteOutcome.StaleRevision, (await behind.DeleteAsync("m", expected: 2)).Outcome);
        Assert.Equal(1, behind.Revision);
        Assert.Equal(MappingWriteOutcome.NotFound, (await behind.DeleteAsync("n", expected: 1)).Outcome);
        Assert.Equal(MappingWriteOutcome.Deleted, (await behind.DeleteAsync("m", expected: 1)).Outcome);
        Assert.Equal(MappingWriteOutcome.StaleRevision, (await ahead.PutAsync("o", expected: 1)).Outcome);
        Assert.Empty(_api.Data);
        Assert.Equal((2L, 2L), (ahead.Revision, behind.Revision));
    }

    [Fact]
    public async Task OneOfManyWithTheSameIfMatch_Wins()
    {
        using var left = new ConfigMapReplica(_api);
        using var right = new ConfigMapReplica(_api);
        MappingWrite[] writes = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(number => (number % 2 == 0 ? left : right).PutAsync($"m{number}", expected: 0)));
        Assert.Single(writes, write => write.Outcome == MappingWriteOutcome.Created);
        Assert.Equal(9, writes.Count(write => write.Outcome == MappingWriteOutcome.StaleRevision));
        Assert.Single(_api.Data);
    }

    [Fact]
    public async Task TagOfAnotherReplica_IsHonouredByOneThatIsBehind()
    {
        using var ahead = new ConfigMapReplica(_api);
        await ahead.PutAsync("m");
        using var behind = new ConfigMapReplica(_api, silentWatch: true);
        await using AdminHost host = await AdminHost.StartAsync(store: () => behind.Store);

        AdminAnswer posted = await host.PostAsync("/admin/api/routing", ConfigMapReplica.Json("n"), ifMatch: "\"1\"");
        AdminAnswer stale = await host.PostAsync("/admin/api/routing", ConfigMapReplica.Json("o"), ifMatch: "\"1\"");

        Assert.Equal((201, "\"2\""), (posted.Status, posted.ETag));
        Assert.Equal((412, "\"2\""), (stale.Status, stale.ETag));
    }

    [Fact]
    public async Task WatchThatIsBehind_RollsNothingBack()
    {
        using var replica = new ConfigMapReplica(_api);
        replica.Watch.Hold();
        for (int number = 0; number < 5; number++)
            await replica.PutAsync($"m{number}");
        await replica.DeleteAsync("m0");
        var seen = new List<long>();
        replica.Store.Changed += () => seen.Add(replica.Revision);

        // Each old state once more, and then the watch at its own pace.
        replica.Watch.Show(new V1ConfigMap { Metadata = new V1ObjectMeta { ResourceVersion = "101", Uid = "uid-1" } });
        Assert.Equal((6L, 4), (replica.Revision, replica.Models.Length));
        replica.Watch.Release();
        await TestTime.UntilAsync(() => replica.Watch.Current.Values.Single().Metadata.ResourceVersion == _api.Map!.Metadata.ResourceVersion, "the watch is up to date");
        await replica.PutAsync("last");

        Assert.Equal([7], seen);
        Assert.Equal(["last", "m1", "m2", "m3", "m4"], replica.Models);
    }

    [Fact]
    public async Task OldStateThatTheWatchClingsTo_IsCheckedWithTheApiServer_AndLeavesTheRevisionAlone()
    {
        using var replica = new ConfigMapReplica(_api);
        await replica.PutAsync("m");
        V1ConfigMap old = _api.Map!;
        replica.Watch.Hold();
        await replica.PutAsync("n");
        var asked = new TaskCompletionSource();
        _api.Fault = context =>
        {
            asked.TrySetResult();
            return Task.FromResult(false);
        };

        replica.Watch.Show(old);
        await asked.Task.SoonAsync();
        await replica.PutAsync("o");

        Assert.Equal((3L, "3"), (replica.Revision, _api.Map!.Metadata.Annotations["gateway.llm-d.ai/revision"]));
        Assert.Equal(["m", "n", "o"], replica.Models);
    }

    [Fact]
    public async Task AcknowledgedWrite_SurvivesACrashBeforeTheWatchHasSeenIt()
    {
        using (var crashing = new ConfigMapReplica(_api, silentWatch: true))
            await crashing.PutAsync("m");

        using var next = new ConfigMapReplica(_api);
        Assert.Equal((1L, "m"), (next.Revision, Assert.Single(next.Models)));
    }

    [Fact]
    public async Task MoreThan900KiB_IsRefused_UntilSomethingIsDeleted()
    {
        using var replica = new ConfigMapReplica(_api);
        string[] many = [.. Enumerable.Range(1, 5000).Select(port => $"http://10.0.0.1:{port}")];
        var large = new Mapping { Model = "large", OwnedBy = "vllm", Endpoints = [.. many.Select(FakeDiscovery.Address)] };
        MappingWrite write;
        int kept = 0;
        while ((write = await replica.Store.PutAsync(large with { Model = $"large-{kept}" }, null, TestContext.Current.CancellationToken)).Outcome == MappingWriteOutcome.Created)
            kept++;

        Assert.Equal(MappingWriteOutcome.StoreFull, write.Outcome);
        Assert.Contains(ConfigMapMappingStore.LargestSize.ToString(), write.Detail, StringComparison.Ordinal);
        long size = _api.Data.Sum(pair => pair.Key.Length + pair.Value.Length);
        Assert.InRange(size, ConfigMapMappingStore.LargestSize * 3 / 4, ConfigMapMappingStore.LargestSize);
        Assert.Equal((kept, (long)kept), (_api.Data.Count, replica.Revision));

        Assert.Equal(MappingWriteOutcome.Created, (await replica.PutAsync("small")).Outcome);
        Assert.Equal(MappingWriteOutcome.Deleted, (await replica.DeleteAsync("large-0")).Outcome);
        Assert.Equal(MappingWriteOutcome.Created, (await replica.Store.PutAsync(large, null, TestContext.Current.CancellationToken)).Outcome);
    }

    [Fact]
    public async Task CancelledBeforeItsTurn_WritesNothing()
    {
        using var replica = new ConfigMapReplica(_api);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => replica.Store.PutAsync(ConfigMapReplica.Mapping("m"), null, new CancellationToken(canceled: true)));
        Assert.Empty(_api.Data);
    }

    // What a three-way merge comes to for a manifest without data: only what the manifest says is sent.
    private async Task ApplyManifestsAsync(IEnumerable<int> whenThereAre)
    {
        using IKubernetes kubectl = _api.Client();
        foreach (int mappings in whenThereAre)
        {
            await TestTime.UntilAsync(() => _api.Data.Count >= mappings, $"{mappings} mappings are there");
            string manifest = $$"""{"metadata":{"labels":{"version":"{{mappings}}"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":""} } }""";
            await kubectl.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch(manifest, V1Patch.PatchType.MergePatch), ConfigMapApi.Name.Name, ConfigMapApi.Name.Namespace, cancellationToken: CancellationToken.None);
        }
    }
}
