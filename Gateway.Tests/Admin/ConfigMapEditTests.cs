using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Admin;
using Gateway.Routing;
using Gateway.Tests.EndToEnd;
using k8s.Models;

namespace Gateway.Tests.Admin;

/// <summary>What people do to the ConfigMap by hand.</summary>
public sealed class ConfigMapEditTests : IAsyncDisposable
{
    private const string RevisionAnnotation = "gateway.llm-d.ai/revision";

    private readonly ConfigMapApi _api = ConfigMapApi.Start();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Edit_IsTakenUpByEveryReplica_AsOneRevisionMore()
    {
        using var left = new ConfigMapReplica(_api);
        using var right = new ConfigMapReplica(_api);
        await left.PutAsync("m");

        _api.Edit(data => data["my-route"] = ConfigMapReplica.Json("by-hand"));
        await UntilRevisionAsync(2, left, right);
        _api.Edit(data => data.Remove(ConfigMapReplica.Key("m")));
        await UntilRevisionAsync(3, left, right);

        Assert.Equal("by-hand", Assert.Single(left.Models));
        Assert.Equal("by-hand", Assert.Single(right.Models));
        await TestTime.UntilAsync(() => _api.Map!.Metadata.Annotations[RevisionAnnotation] == "3", "the revision is written");
        using var late = new ConfigMapReplica(_api);
        Assert.Equal(3, late.Revision);
    }

    [Fact]
    public async Task Edit_MakesEarlierTagsStale_AlsoWhereNobodyHasSeenItYet()
    {
        using var replica = new ConfigMapReplica(_api, silentWatch: true);
        await replica.PutAsync("m");
        _api.Edit(data => data["my-route"] = ConfigMapReplica.Json("by-hand"));

        MappingWrite stale = await replica.PutAsync("m", "http://10.0.0.2:8000", expected: 1);
        Assert.Equal((MappingWriteOutcome.StaleRevision, 2L), (stale.Outcome, stale.Snapshot.Revision));
        Assert.Equal((2L, "by-hand,m"), (replica.Revision, string.Join(',', replica.Models)));

        MappingWrite written = await replica.PutAsync("m", "http://10.0.0.2:8000", expected: 2);
        Assert.Equal((MappingWriteOutcome.Replaced, 3L), (written.Outcome, written.Snapshot.Revision));
        Assert.Equal("3", _api.Map!.Metadata.Annotations[RevisionAnnotation]);
    }

    [Fact]
    public async Task EditWhileTheGatewayWasNotRunning_IsNoticed()
    {
        using (var replica = new ConfigMapReplica(_api))
            await replica.PutAsync("m");
        _api.Edit(data => data["my-route"] = ConfigMapReplica.Json("by-hand"));

        using var next = new ConfigMapReplica(_api);
        await UntilRevisionAsync(2, next);
        Assert.Equal(["by-hand", "m"], next.Models);
    }

    [Fact]
    public async Task EditWhoseRevisionCannotBeWritten_CountsAllTheSame_AndSaysSo()
    {
        using var replica = new ConfigMapReplica(_api);
        _api.Fault = context => context.Request.Method == "PATCH" ? ConfigMapApi.RefuseAsync(context, 403, "User cannot patch") : Task.FromResult(false);
        _api.Edit(data => data["my-route"] = ConfigMapReplica.Json("by-hand"));
        await UntilRevisionAsync(1, replica);
        Assert.Equal("by-hand", Assert.Single(replica.Models));
        await TestTime.UntilAsync(() => replica.Store.Problems.Count > 0, "the problem shows");
        Assert.Contains("'patch configmaps llm-d/llmd-api-gateway-routes'", Assert.Single(replica.Store.Problems).Message, StringComparison.Ordinal);

        _api.Fault = null;
        await TestTime.UntilAsync(() => replica.Store.Problems.Count == 0, "the problem is over");
        Assert.Equal((1L, "1"), (replica.Revision, _api.Map!.Metadata.Annotations[RevisionAnnotation]));
    }

    [Theory]
    [InlineData("not json", "JSON")]
    [InlineData("""{"model":"m","owned_by":"vllm"}""", "'service_name'")]
    [InlineData("""{"model":"m","owned_by":"vllm","endpoints":["http://169.254.169.254:80"]}""", "link-local")]
    [InlineData("""{"model":"other","owned_by":"vllm","service_name":"s"}""", "another pair")]
    public async Task InvalidEdit_IsTold_AndTheLastGoodStateOfItsKeyStays(string value, string problem)
    {
        using var replica = new ConfigMapReplica(_api);
        await replica.PutAsync("m");
        await replica.PutAsync("n");

        _api.Edit(data => data[ConfigMapReplica.Key("m")] = value);
        await UntilRevisionAsync(3, replica);

        MappingProblem told = Assert.Single(replica.Store.Problems);
        Assert.Equal(ConfigMapReplica.Key("m"), told.Key);
        Assert.Contains(problem, told.Message, StringComparison.Ordinal);
        Assert.Equal(["m", "n"], replica.Models);

        // Another write leaves it alone, and also what stays in force.
        await replica.PutAsync("n", "http://10.0.0.2:8000");
        Assert.Equal(value, _api.Data[ConfigMapReplica.Key("m")]);
        Assert.Equal(["m", "n"], replica.Models);

        // One that starts now has never seen it right.
        using var late = new ConfigMapReplica(_api);
        Assert.Equal("n", Assert.Single(late.Models));
        Assert.Equal(told.Key, Assert.Single(late.Store.Problems).Key);

        // A write of the pair repairs it.
        Assert.Equal(MappingWriteOutcome.Created, (await late.PutAsync("m")).Outcome);
        Assert.Empty(late.Store.Problems);
        await UntilRevisionAsync(5, replica);
        Assert.Empty(replica.Store.Problems);
        Assert.Equal(2, _api.Data.Count);
    }

    [Fact]
    public async Task MappingThatStaysThoughItsKeyIsInvalid_CanBeDeleted()
    {
        using var replica = new ConfigMapReplica(_api);
        await replica.PutAsync("m");
        _api.Edit(data => data[ConfigMapReplica.Key("m")] = "{");
        await UntilRevisionAsync(2, replica);

        Assert.Equal(MappingWriteOutcome.Deleted, (await replica.DeleteAsync("m")).Outcome);
        Assert.Empty(replica.Models);
        Assert.Empty(_api.Data);
    }

    [Fact]
    public async Task KeyNamedByHand_IsReplacedWhereItStands()
    {
        _api.Edit(data => data["my-route"] = ConfigMapReplica.Json("m"));
        using var replica = new ConfigMapReplica(_api);
        await UntilRevisionAsync(1, replica);

        Assert.Equal(MappingWriteOutcome.Replaced, (await replica.PutAsync("m", "http://10.0.0.2:8000")).Outcome);

        Assert.Contains("10.0.0.2", Assert.Single(_api.Data, pair => pair.Key == "my-route").Value, StringComparison.Ordinal);
        Assert.Single(_api.Data);
    }

    [Fact]
    public async Task PairThatIsThereTwice_IsTakenFromItsOwnKey_AndDeletedWithBoth()
    {
        using var replica = new ConfigMapReplica(_api);
        await replica.PutAsync("m", "http://10.0.0.1:8000");
        _api.Edit(data =>
        {
            data["a-copy"] = ConfigMapReplica.Json("m", "http://10.0.0.2:8000");
            data["x"] = ConfigMapReplica.Json("n", "http://10.0.0.4:8000");
            data["b"] = ConfigMapReplica.Json("n", "http://10.0.0.3:8000");
        });
        await UntilRevisionAsync(2, replica);

        Assert.Equal(("http://10.0.0.1:8000", "http://10.0.0.3:8000"), (replica.UrlOf("m"), replica.UrlOf("n")));
        Assert.Equal(["a-copy", "x"], replica.Store.Problems.Select(problem => problem.Key).Order());
        Assert.Contains("The key b holds", replica.Store.Problems.Single(problem => problem.Key == "x").Message, StringComparison.Ordinal);

        Assert.Equal(MappingWriteOutcome.Deleted, (await replica.DeleteAsync("m")).Outcome);
        Assert.Equal("n", Assert.Single(replica.Models));
        Assert.Equal(["b", "x"], _api.Data.Keys.Order());
    }

    [Fact]
    public async Task DeletedConfigMap_TakesTheMappingsWithIt_AndTheRevisionGoesOn()
    {
        using var left = new ConfigMapReplica(_api);
        using var right = new ConfigMapReplica(_api);
        await left.PutAsync("m");
        await UntilRevisionAsync(1, right);

        _api.Delete();
        await UntilRevisionAsync(2, left, right);
        Assert.Empty(left.Models);
        Assert.Equal(MappingWriteOutcome.NotFound, (await left.DeleteAsync("m")).Outcome);

        MappingWrite written = await left.PutAsync("n", expected: 2);
        Assert.Equal((MappingWriteOutcome.Created, 3L), (written.Outcome, written.Snapshot.Revision));
        await UntilRevisionAsync(3, right);
        Assert.Equal("n", Assert.Single(right.Models));
    }

    [Fact]
    public async Task RecreatedConfigMap_WhoseRevisionBeganAgain_IsTakenUpAsALaterOne()
    {
        using var replica = new ConfigMapReplica(_api);
        for (int number = 0; number < 3; number++)
            await replica.PutAsync($"m{number}");
        replica.Watch.Hold();
        _api.Delete();
        _api.Create(new JsonObject());
        using (var fresh = new ConfigMapReplica(_api))
            await fresh.PutAsync("fresh");
        replica.Watch.Release();

        await TestTime.UntilAsync(() => replica.Models is ["fresh"], "the new ConfigMap is taken up");
        Assert.True(replica.Revision > 3);
        await TestTime.UntilAsync(() => _api.Map!.Metadata.Annotations[RevisionAnnotation] == replica.Revision.ToString(), "the revision is written");
    }

    [Fact]
    public async Task WatchThatStillShowsTheDeletedConfigMap_DoesNotBringItBack()
    {
        using var replica = new ConfigMapReplica(_api, silentWatch: true);
        using (var earlier = new ConfigMapReplica(_api))
        {
            for (int number = 0; number < 3; number++)
                await earlier.PutAsync($"m{number}");
        }

        V1ConfigMap deleted = _api.Map!;
        _api.Delete();
        _api.Create(new JsonObject());
        await replica.PutAsync("new");
        var asked = new TaskCompletionSource();
        replica.Store.Changed += () => asked.TrySetException(new InvalidOperationException($"Now shows {string.Join(',', replica.Models)}"));
        _api.Fault = context =>
        {
            asked.TrySetResult();
            return Task.FromResult(false);
        };

        replica.Watch.Show(deleted);

        await asked.Task.SoonAsync();
        await replica.PutAsync("newer");
        Assert.Equal(["new", "newer"], replica.Models);
        Assert.Equal(2, replica.Revision);
    }

    [Fact]
    public async Task RestoredBackup_IsTakenUpAsALaterRevision()
    {
        using var replica = new ConfigMapReplica(_api);
        await replica.PutAsync("old");
        V1ConfigMap backup = _api.Map!;
        await replica.PutAsync("new");
        await replica.DeleteAsync("old");

        _api.Replace(backup);
        await UntilRevisionAsync(4, replica);

        Assert.Equal("old", Assert.Single(replica.Models));
        await TestTime.UntilAsync(() => _api.Map!.Metadata.Annotations[RevisionAnnotation] == "4", "the revision is written");
        Assert.Equal(MappingWriteOutcome.StaleRevision, (await replica.PutAsync("x", expected: 1)).Outcome);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("many")]
    [InlineData("99999999999999999999")]
    [InlineData("9223372036854775807")]
    public async Task SpoiltAnnotation_IsRepaired_AndTheRevisionStands(string? annotation)
    {
        using var replica = new ConfigMapReplica(_api);
        await replica.PutAsync("m");
        V1ConfigMap spoilt = _api.Map!;
        if (annotation is null)
            spoilt.Metadata.Annotations = null;
        else
            spoilt.Metadata.Annotations[RevisionAnnotation] = annotation;

        _api.Replace(spoilt);

        await TestTime.UntilAsync(() => _api.Map!.Metadata.Annotations?[RevisionAnnotation] == "1", "the annotation is repaired");
        Assert.Equal((1L, "m"), (replica.Revision, Assert.Single(replica.Models)));
    }

    [Fact]
    public async Task Status_ShowsTheProblems()
    {
        using var replica = new ConfigMapReplica(_api);
        await using AdminHost host = await AdminHost.StartAsync(store: () => replica.Store);
        Assert.Equal("[]", await ProblemsAsync());

        _api.Edit(data => data["my-route"] = "{");
        await UntilRevisionAsync(1, replica);
        using (JsonDocument problems = JsonDocument.Parse(await ProblemsAsync()))
        {
            JsonElement only = Assert.Single(problems.RootElement.EnumerateArray());
            Assert.Equal("my-route", only.GetProperty("key").GetString());
            Assert.Contains("JSON", only.GetProperty("message").GetString(), StringComparison.Ordinal);
        }

        _api.Edit(data => data.Remove("my-route"));
        await UntilRevisionAsync(2, replica);
        replica.Watch.Fail("403: cannot watch configmaps");
        Assert.Equal("""[{"key":null,"message":"403: cannot watch configmaps"}]""", await ProblemsAsync());

        async Task<string> ProblemsAsync() => (await host.GetAsync("/admin/api/status")).Body.GetProperty("mapping_problems").GetRawText();
    }

    private static Task UntilRevisionAsync(long revision, params ConfigMapReplica[] replicas) =>
        TestTime.UntilAsync(() => replicas.All(replica => replica.Revision == revision), $"revision {revision} shows");
}
