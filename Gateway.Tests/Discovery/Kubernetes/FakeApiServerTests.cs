using k8s;
using k8s.Autorest;
using k8s.Models;
using static Gateway.Tests.Discovery.Kubernetes.TestPods;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>That the stand-in does what a real API server does, as the real client sees it.</summary>
public sealed class FakeApiServerTests : IAsyncLifetime
{
    private FakeApiServer _api = null!;
    private IKubernetes _client = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApiServer.StartAsync();
        _client = _api.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task ConfigMap_IsCreatedOnce_ReadAndDeleted()
    {
        V1ConfigMap created = await CreateAsync("routes", ("a", "1"));
        Assert.NotNull(created.Metadata.ResourceVersion);
        Assert.Equal("1", (await ReadAsync("routes")).Data["a"]);
        Assert.Equal((409, "configmaps \"routes\" already exists"), await RefusedAsync(() => CreateAsync("routes")));

        await _client.CoreV1.DeleteNamespacedConfigMapAsync("routes", Namespace, cancellationToken: Ct);
        Assert.Equal((404, "configmaps \"routes\" not found"), await RefusedAsync(() => ReadAsync("routes")));
    }

    [Fact]
    public async Task Put_OfAnOldVersion_IsAConflict()
    {
        V1ConfigMap first = await CreateAsync("routes", ("a", "1"));
        first.Data["a"] = "2";
        V1ConfigMap second = await ReplaceAsync(first);
        Assert.NotEqual(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);

        first.Data["a"] = "3";
        (int status, string message) = await RefusedAsync(() => ReplaceAsync(first));
        Assert.Equal(409, status);
        Assert.StartsWith("Operation cannot be fulfilled on configmaps \"routes\": the object has been modified", message);
        Assert.Equal("2", (await ReadAsync("routes")).Data["a"]);
    }

    [Fact]
    public async Task WriteThatChangesNothing_KeepsTheVersion()
    {
        V1ConfigMap created = await CreateAsync("routes", ("a", "1"));

        Assert.Equal(created.Metadata.ResourceVersion, (await ReplaceAsync(created)).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task MergePatch_SetsAndRemovesKeys_AndMindsTheVersionIfItNamesOne()
    {
        V1ConfigMap created = await CreateAsync("routes", ("a", "1"), ("b", "2"));

        // As text: of an object the client leaves out what is null.
        V1ConfigMap patched = await PatchAsync("""{"data":{"a":null,"c":"3"}}""", V1Patch.PatchType.MergePatch);
        Assert.Equal(["b", "c"], patched.Data.Keys.Order());

        var stale = new { metadata = new { resourceVersion = created.Metadata.ResourceVersion }, data = new { d = "4" } };
        Assert.Equal(409, (await RefusedAsync(() => PatchAsync(stale, V1Patch.PatchType.MergePatch))).Status);
    }

    [Fact]
    public async Task JsonPatch_IsAppliedWhole_OrNotAtAll()
    {
        V1ConfigMap created = await CreateAsync("routes", ("a", "1"));
        object test = new { op = "test", path = "/metadata/resourceVersion", value = created.Metadata.ResourceVersion };
        object[] change = [test, new { op = "add", path = "/data/b~1c", value = "2" }];
        Assert.Equal(422, (await RefusedAsync(() => PatchAsync(change, V1Patch.PatchType.JsonPatch))).Status);

        change[1] = new { op = "add", path = "/data/b", value = "2" };
        V1ConfigMap patched = await PatchAsync(change, V1Patch.PatchType.JsonPatch);
        Assert.Equal(["a", "b"], patched.Data.Keys.Order());

        // By now the version is another one. The real one answers a failed test like any patch that can't be applied.
        Assert.Equal(
            (422, "the server rejected our request due to an error in our request"),
            await RefusedAsync(() => PatchAsync(change, V1Patch.PatchType.JsonPatch)));
        object[] stale = [new { op = "replace", path = "/metadata/resourceVersion", value = created.Metadata.ResourceVersion }];
        Assert.Equal(409, (await RefusedAsync(() => PatchAsync(stale, V1Patch.PatchType.JsonPatch))).Status);
    }

    [Fact]
    public async Task JsonPatch_CanNotAddToAMapThatIsNotThere()
    {
        await CreateAsync("routes");
        object[] add = [new { op = "add", path = "/data/a", value = "1" }];

        Assert.Equal(422, (await RefusedAsync(() => PatchAsync(add, V1Patch.PatchType.JsonPatch))).Status);
    }

    [Theory]
    [InlineData("org/model", "1", "a valid config key must consist of")]
    [InlineData("a", null, "Too long: may not be more than 1048576 bytes")]
    public async Task ConfigMap_HasRulesForKeysAndSize(string key, string? value, string reason)
    {
        (int status, string message) = await RefusedAsync(() => CreateAsync("routes", (key, value ?? new string('x', 1_048_577))));

        Assert.Equal(422, status);
        Assert.Contains(reason, message);
    }

    [Fact]
    public async Task Delete_WithAnOldVersionAsPrecondition_IsAConflict()
    {
        V1ConfigMap created = await CreateAsync("routes", ("a", "1"));
        await PatchAsync(new { data = new { a = "2" } }, V1Patch.PatchType.MergePatch);
        var precondition = new V1DeleteOptions { Preconditions = new V1Preconditions { ResourceVersion = created.Metadata.ResourceVersion } };

        (int status, _) = await RefusedAsync(
            () => _client.CoreV1.DeleteNamespacedConfigMapAsync("routes", Namespace, precondition, cancellationToken: Ct));

        Assert.Equal(409, status);
    }

    [Fact]
    public async Task Tokens_AreCheckedAgainstTheirRules()
    {
        _api.Access.Add(new FakeAccount(
            "good", "system:serviceaccount:llm-d:gateway", new FakeRule("get,list", "configmaps", Namespace, "routes")));
        using IKubernetes good = _api.CreateClient("good");
        using IKubernetes wrong = _api.CreateClient("wrong");

        Assert.Equal((401, "Unauthorized"), await RefusedAsync(() => ListAsync(wrong, Namespace)));
        Assert.Equal((401, "Unauthorized"), await RefusedAsync(() => ListAsync(_client, Namespace)));
        Assert.Equal(
            (403, "configmaps is forbidden: User \"system:serviceaccount:llm-d:gateway\" cannot list resource \"configmaps\" "
                + "in API group \"\" in the namespace \"llm-d\""),
            await RefusedAsync(() => ListAsync(good, Namespace)));
        Assert.Equal(403, (await RefusedAsync(() => good.CoreV1.ReadNamespacedConfigMapAsync("other", Namespace, cancellationToken: Ct))).Status);
        Assert.Equal(404, (await RefusedAsync(() => good.CoreV1.ReadNamespacedConfigMapAsync("routes", Namespace, cancellationToken: Ct))).Status);
        Assert.Empty((await good.CoreV1.ListNamespacedConfigMapAsync(
            Namespace, fieldSelector: "metadata.name=routes", cancellationToken: Ct)).Items);
        Assert.Equal(
            "pods is forbidden: User \"system:serviceaccount:llm-d:gateway\" cannot list resource \"pods\" in API group \"\" at the cluster scope",
            (await RefusedAsync(() => good.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: Ct))).Message);
    }

    [Theory]
    [InlineData("role=decode", "a")]
    [InlineData("role==decode,tier", "")]
    [InlineData("role in (decode, prefill)", "a b")]
    [InlineData("role notin (decode)", "b c")]
    [InlineData("role!=decode", "b c")]
    [InlineData("!role", "c")]
    [InlineData("role,role notin (prefill)", "a")]
    public async Task LabelSelectors_AreUnderstood(string selector, string selected)
    {
        _api.Put(Pod("a", labels: ("role", "decode")));
        _api.Put(Pod("b", labels: ("role", "prefill")));
        _api.Put(Pod("c"));

        V1PodList pods = await _client.CoreV1.ListNamespacedPodAsync(Namespace, labelSelector: selector, cancellationToken: Ct);

        Assert.Equal(selected, string.Join(' ', pods.Items.Select(pod => pod.Metadata.Name)));
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Task<V1ConfigMapList> ListAsync(IKubernetes client, string @namespace) =>
        client.CoreV1.ListNamespacedConfigMapAsync(@namespace, cancellationToken: Ct);

    private static async Task<(int Status, string Message)> RefusedAsync(Func<Task> call)
    {
        HttpOperationException refused = await Assert.ThrowsAsync<HttpOperationException>(call);
        return ((int)refused.Response.StatusCode, KubernetesJson.Deserialize<V1Status>(refused.Response.Content).Message);
    }

    private Task<V1ConfigMap> CreateAsync(string name, params (string Key, string Value)[] data)
    {
        var map = new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = name },
            Data = data.Length == 0 ? null : data.ToDictionary(pair => pair.Key, pair => pair.Value),
        };
        return _client.CoreV1.CreateNamespacedConfigMapAsync(map, Namespace, cancellationToken: Ct);
    }

    private Task<V1ConfigMap> ReadAsync(string name) => _client.CoreV1.ReadNamespacedConfigMapAsync(name, Namespace, cancellationToken: Ct);

    private Task<V1ConfigMap> ReplaceAsync(V1ConfigMap map) =>
        _client.CoreV1.ReplaceNamespacedConfigMapAsync(map, map.Metadata.Name, Namespace, cancellationToken: Ct);

    private Task<V1ConfigMap> PatchAsync(object patch, V1Patch.PatchType type) =>
        _client.CoreV1.PatchNamespacedConfigMapAsync(new V1Patch(patch, type), "routes", Namespace, cancellationToken: Ct);
}
