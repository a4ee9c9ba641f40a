using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Simulation;
using Gateway.Tests.Discovery.Kubernetes;
using Gateway.Tests.EndToEnd;
using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>The Role of the manifests, put into force: it is enough for everything that the gateway does, and no more than it uses.</summary>
public sealed class ManifestRoleTests
{
    /// <summary>What can be taken away, and what is said then.</summary>
    public static TheoryData<string, string> Readable => new()
    {
        { "pods", "'pods'" },
        { "services", "'services'" },
        { "endpointslices", "'endpointslices' of API group 'discovery.k8s.io'" },
        { "inferencepools", "'inferencepools' of API group 'inference.networking.k8s.io'" },
        { "configmaps", "'configmaps'" },
    };

    [Fact]
    public async Task WithTheRoleAlone_EverythingWorks_AndEveryVerbIsUsed()
    {
        await using ClusterOfOne cluster = await StartAsync();
        FakeRule[] rules = await RulesAsync();
        cluster.Api.Access.Add(new FakeAccount(ClusterOfOne.Token, "gateway", rules));
        SimulatedEngine engine = await cluster.AddPodAsync("a", "m", "vllm");
        await using TestGateway gateway = await cluster.StartGatewayAsync();
        await Routed.UntilListedAsync(gateway, "m on vllm");
        await cluster.Api.UntilAsync(api => api.OpenWatches.Count == 5);

        using HttpResponseMessage posted = await Routed.PostMappingAsync(gateway, "alias", engine);
        Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
        JsonObject edited = cluster.Api.Get("configmaps", ClusterOfOne.Namespace, ClusterOfOne.ConfigMap)!.DeepClone().AsObject();
        edited["data"]!["by-hand"] = $$"""{"model":"by-hand","owned_by":"vllm","endpoints":["{{engine.Url}}"],"target_model":"m"}""";
        cluster.Api.Put(edited);
        await Routed.UntilListedAsync(gateway, "alias on vllm", "by-hand on vllm", "m on vllm");
        using HttpResponseMessage deleted = await gateway.Client.DeleteAsync(
            "/admin/api/routing?model=alias&owned_by=vllm", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);

        JsonElement status = await Routed.StatusOfAsync(gateway);
        Assert.All(
            status.GetProperty("discovery").GetProperty("sources").EnumerateArray(),
            source => Assert.Equal(JsonValueKind.Null, source.GetProperty("error").ValueKind));
        Assert.Empty(status.GetProperty("mapping_problems").EnumerateArray());
        Assert.Equal(
            rules.SelectMany(rule => rule.Verbs.Split(',').Select(verb => $"{verb} {rule.Resource}")).Order(StringComparer.Ordinal),
            cluster.Api.Requests.Select(request => $"{request.Verb} {request.Resource}").Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Readable))]
    public async Task ARuleThatIsMissing_IsNamedInTheStatus(string resource, string inRole)
    {
        await using ClusterOfOne cluster = await StartAsync();
        cluster.Api.Access.Add(new FakeAccount(ClusterOfOne.Token, "gateway", [.. (await RulesAsync()).Where(rule => rule.Resource != resource)]));
        await using TestGateway gateway = await cluster.StartGatewayAsync();

        await UntilToldAsync(gateway, $"403: may not list {resource} in namespace '{ClusterOfOne.Namespace}' (missing verb 'list' on {inRole})");
    }

    [Theory]
    [MemberData(nameof(Readable))]
    public async Task AWatchThatIsMissing_IsNamedInTheStatus(string resource, string inRole)
    {
        await using ClusterOfOne cluster = await StartAsync();
        cluster.Api.Access.Add(new FakeAccount(ClusterOfOne.Token, "gateway", await RulesWithoutAsync("watch", resource)));
        await using TestGateway gateway = await cluster.StartGatewayAsync();

        await UntilToldAsync(gateway, $"403: may not watch {resource} in namespace '{ClusterOfOne.Namespace}' (missing verb 'watch' on {inRole})");
    }

    [Theory]
    [InlineData("get")]
    [InlineData("patch")]
    public async Task AVerbOfTheMappingsThatIsMissing_IsToldToWhoPostsOne(string verb)
    {
        await using ClusterOfOne cluster = await StartAsync();
        cluster.Api.Access.Add(new FakeAccount(ClusterOfOne.Token, "gateway", await RulesWithoutAsync(verb, "configmaps")));
        SimulatedEngine engine = await cluster.AddPodAsync("a", "m", "vllm");
        await using TestGateway gateway = await cluster.StartGatewayAsync();

        using HttpResponseMessage posted = await Routed.PostMappingAsync(gateway, "alias", engine);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, posted.StatusCode);
        string message = JsonElement.Parse(await posted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .GetProperty("error").GetProperty("message").GetString()!;
        Assert.Contains($"not allowed to '{verb} configmaps {ClusterOfOne.Namespace}/{ClusterOfOne.ConfigMap}'", message, StringComparison.Ordinal);
    }

    private static async Task<ClusterOfOne> StartAsync()
    {
        ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        cluster.Api.HasInferencePools = true;
        return cluster;
    }

    // Of the one file, which needs no kubectl; that the base says the same is tested beside it.
    private static async Task<FakeRule[]> RulesAsync()
    {
        ManifestObjects manifests = await ManifestFolder.LoadAsync(ManifestFolder.OneFile);
        return
        [
            .. from rule in manifests.Get<V1Role>().Rules
               from apiGroup in rule.ApiGroups
               from resource in rule.Resources
               from name in rule.ResourceNames?.Cast<string?>() ?? [null]
               let kind = FakeKind.Find(apiGroup, "v1", resource)
               select new FakeRule(string.Join(',', rule.Verbs), kind.Plural, ClusterOfOne.Namespace, name),
        ];
    }

    private static async Task<FakeRule[]> RulesWithoutAsync(string verb, string resource) =>
    [
        .. (await RulesAsync()).Select(rule =>
            rule.Resource == resource ? rule with { Verbs = string.Join(',', rule.Verbs.Split(',').Where(other => other != verb)) } : rule),
    ];

    private static async Task UntilToldAsync(TestGateway gateway, string message)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TestTime.Generous);
        while (true)
        {
            JsonElement status = await Routed.StatusOfAsync(gateway);
            string?[] told =
            [
                .. status.GetProperty("discovery").GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("error").GetString()),
                .. status.GetProperty("mapping_problems").EnumerateArray().Select(problem => problem.GetProperty("message").GetString()),
            ];
            if (told.Contains(message))
                return;
            Assert.False(limit.IsCancellationRequested, $"Told is: {string.Join("; ", told)}");
        }
    }
}
