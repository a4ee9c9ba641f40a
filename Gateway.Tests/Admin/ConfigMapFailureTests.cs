using Gateway.Routing;
using Gateway.Tests.EndToEnd;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Admin;

/// <summary>An API server that is away, slow, or does not allow it.</summary>
public sealed class ConfigMapFailureTests
{
    [Theory]
    [InlineData(401, "GET", "does not accept the gateway's token for 'get configmaps llm-d/llmd-api-gateway-routes' (401): because")]
    [InlineData(403, "GET", "not allowed to 'get configmaps llm-d/llmd-api-gateway-routes' (403): because")]
    [InlineData(403, "PATCH", "not allowed to 'patch configmaps llm-d/llmd-api-gateway-routes' (403): because")]
    [InlineData(500, "PATCH", "answered 'patch configmaps llm-d/llmd-api-gateway-routes' with 500: because")]
    [InlineData(503, "GET", "with 503: because")]
    [InlineData(429, "PATCH", "with 429: because")]
    public async Task Refusal_IsUnavailableInWords_AndNothingIsAcknowledged(int status, string method, string detail)
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api);
        await replica.PutAsync("before");
        replica.Store.Changed += () => Assert.Fail("Nothing has changed.");
        api.Fault = context => context.Request.Method == method ? ConfigMapApi.RefuseAsync(context, status, "because") : Task.FromResult(false);

        MappingWrite write = await replica.PutAsync("m");

        Assert.Equal((MappingWriteOutcome.Unavailable, 1L), (write.Outcome, write.Snapshot.Revision));
        Assert.Contains(detail, write.Detail, StringComparison.Ordinal);
        Assert.Equal("before", Assert.Single(replica.Models));
        Assert.Single(api.Data);
    }

    [Fact]
    public async Task TooLargeForTheApiServer_IsFull()
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api);
        api.Fault = context => context.Request.Method == "PATCH" ? ConfigMapApi.RefuseAsync(context, 413, "limit is 3145728") : Task.FromResult(false);
        Assert.Equal(MappingWriteOutcome.StoreFull, (await replica.PutAsync("m")).Outcome);
    }

    [Fact]
    public async Task AnswerThatIsNoApiServers_IsUnavailable()
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api);
        api.Fault = async context =>
        {
            await context.Response.WriteAsync("<html>Please log in</html>");
            return true;
        };
        MappingWrite write = await replica.PutAsync("m");
        Assert.Equal(MappingWriteOutcome.Unavailable, write.Outcome);
        Assert.Contains("'get configmaps", write.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiServerThatIsAway_IsUnavailable_AndWhatIsKnownStays()
    {
        ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api);
        await replica.PutAsync("m");
        await api.DisposeAsync();
        await using AdminHost host = await AdminHost.StartAsync(store: () => replica.Store);

        AdminAnswer answer = await host.PostAsync("/admin/api/routing", ConfigMapReplica.Json("n"));

        Assert.Equal((503, "store_unavailable"), (answer.Status, answer.ErrorCode));
        Assert.Contains("can't be reached", answer.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal("m", Assert.Single(replica.Models));
    }

    [Fact]
    public async Task ApiServerThatHangs_IsGivenUpAfterFiveSeconds_ByAllWhoWait()
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        var clock = new ManualClock();
        using var replica = new ConfigMapReplica(api, time: clock);
        var hanging = new TaskCompletionSource();
        api.Fault = async context =>
        {
            hanging.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return true;
        };

        Task<MappingWrite> first = replica.PutAsync("m");
        await hanging.Task.SoonAsync();
        Task<MappingWrite> second = replica.PutAsync("n");
        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(first.IsCompleted || second.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        MappingWrite gaveUp = await first.SoonAsync();
        Assert.Equal(MappingWriteOutcome.Unavailable, gaveUp.Outcome);
        Assert.Contains("did not answer 'get configmaps llm-d/llmd-api-gateway-routes' within 5 s", gaveUp.Detail, StringComparison.Ordinal);
        Assert.Equal(MappingWriteOutcome.Unavailable, (await second.SoonAsync()).Outcome);
        Assert.Empty(replica.Models);
    }

    [Fact]
    public async Task WriteWhoseAnswerIsLost_IsNotAcknowledged_AndShowsOnceItIsSeen()
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api);
        replica.Watch.Hold();
        api.Fault = async context =>
        {
            if (context.Request.Method != "PATCH")
                return false;
            await api.DoAsync(context.Request);
            context.Abort();
            return true;
        };

        Assert.Equal(MappingWriteOutcome.Unavailable, (await replica.PutAsync("m")).Outcome);
        Assert.Empty(replica.Models);
        replica.Watch.Release();
        await TestTime.UntilAsync(() => replica.Revision == 1, "the watch has told");
        Assert.Equal("m", Assert.Single(replica.Models));
    }

    [Fact]
    public async Task EndlessConflicts_AreGivenUp()
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api, silentWatch: true);
        int tries = 0;
        api.Fault = context => context.Request.Method == "PATCH" && tries++ >= 0 ? ConfigMapApi.RefuseAsync(context, 409, "modified") : Task.FromResult(false);

        MappingWrite write = await replica.PutAsync("m");

        Assert.Equal(MappingWriteOutcome.Unavailable, write.Outcome);
        Assert.Contains($"each of {tries} attempts", write.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MissingConfigMap_IsCreatedByTheFirstWrite_AlsoWhenTwoReplicasTry()
    {
        await using ConfigMapApi api = ConfigMapApi.Start(shipped: false);
        using var left = new ConfigMapReplica(api);
        using var right = new ConfigMapReplica(api);
        Assert.Equal(MappingWriteOutcome.NotFound, (await left.DeleteAsync("m")).Outcome);
        Assert.Null(api.Map);

        MappingWrite[] writes = await Task.WhenAll(left.PutAsync("m"), right.PutAsync("n"));

        Assert.All(writes, write => Assert.Equal(MappingWriteOutcome.Created, write.Outcome));
        Assert.Equal(2, api.Data.Count);
        await TestTime.UntilAsync(() => left.Revision == 2 && right.Revision == 2, "both know both");
    }

    [Fact]
    public async Task MissingConfigMapThatMayNotBeCreated_IsNamed()
    {
        await using ConfigMapApi api = ConfigMapApi.Start(shipped: false);
        using var replica = new ConfigMapReplica(api);
        api.Fault = context => context.Request.Method == "POST" ? ConfigMapApi.RefuseAsync(context, 403, "because") : Task.FromResult(false);

        MappingWrite write = await replica.PutAsync("m");

        Assert.Equal(MappingWriteOutcome.Unavailable, write.Outcome);
        Assert.Contains("there is no ConfigMap llm-d/llmd-api-gateway-routes", write.Detail, StringComparison.Ordinal);
        Assert.Contains("'create configmaps'", write.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeletedBetweenReadAndWrite_IsCreatedAgain()
    {
        await using ConfigMapApi api = ConfigMapApi.Start();
        using var replica = new ConfigMapReplica(api);
        await replica.PutAsync("m");
        api.Fault = context =>
        {
            if (context.Request.Method == "PATCH")
                api.Delete();
            return Task.FromResult(false);
        };

        MappingWrite write = await replica.PutAsync("n");

        Assert.Equal(MappingWriteOutcome.Created, write.Outcome);
        Assert.Equal("n", Assert.Single(write.Snapshot.Mappings).Key.Model);
        Assert.Equal(ConfigMapReplica.Key("n"), Assert.Single(api.Data).Key);
    }
}
