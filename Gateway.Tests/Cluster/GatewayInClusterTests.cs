using System.Net;
using System.Text.Json;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;
using k8s;
using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>The whole gateway against an API server in this process: pods come and go, mappings are shared, the API server goes away.</summary>
public sealed class GatewayInClusterTests
{
    [Fact]
    public async Task ReadyPods_AreRoutedByModelAndEngine_WithoutAnyConfiguration()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        await cluster.AddPodAsync("a", "m", "vllm");
        await cluster.AddPodAsync("b", "m", "sglang");
        await using TestGateway gateway = await cluster.StartGatewayAsync();
        await Routed.UntilListedAsync(gateway, "m on sglang", "m on vllm");

        using HttpResponseMessage answer = await Routed.ChatAsync(gateway, "m", "sglang");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("sglang", Assert.Single(answer.Headers.GetValues("x-owned-by")));
    }

    [Fact]
    public async Task PodThatAppears_IsRouted_AndOneThatTerminates_GetsNoMoreRequests()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        SimulatedEngine first = await cluster.AddPodAsync("a", "m", "vllm");
        await using TestGateway gateway = await cluster.StartGatewayAsync();
        await Routed.UntilListedAsync(gateway, "m on vllm");

        await cluster.AddPodAsync("b", "n", "sglang");
        await Routed.UntilListedAsync(gateway, "m on vllm", "n on sglang");
        cluster.PutPod("a", first, "vllm", deletedAt: DateTime.UtcNow);
        await Routed.UntilListedAsync(gateway, "n on sglang");

        using HttpResponseMessage answer = await Routed.ChatAsync(gateway, "m", "vllm");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Fact]
    public async Task MappingPostedToOneReplica_IsRoutedByTheOther_AndSurvivesBoth()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        SimulatedEngine engine = await cluster.AddPodAsync("a", "m", "vllm");
        await using TestGateway one = await cluster.StartGatewayAsync();
        await using (TestGateway other = await cluster.StartGatewayAsync())
        {
            using HttpResponseMessage posted = await Routed.PostMappingAsync(one, "alias", engine);
            Assert.Equal(HttpStatusCode.Created, posted.StatusCode);
            await Routed.UntilListedAsync(other, "alias on vllm", "m on vllm");
        }

        await using TestGateway later = await cluster.StartGatewayAsync();
        await Routed.UntilListedAsync(later, "alias on vllm", "m on vllm");
        using HttpResponseMessage answer = await Routed.ChatAsync(later, "alias", "vllm");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task WhileTheApiServerIsAway_RequestsGoOn_AndNothingIsAcknowledgedThatIsNotKept()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        SimulatedEngine engine = await cluster.AddPodAsync("a", "m", "vllm");
        await using TestGateway gateway = await cluster.StartGatewayAsync();
        await Routed.UntilListedAsync(gateway, "m on vllm");

        cluster.Api.GoAway();

        using HttpResponseMessage answer = await Routed.ChatAsync(gateway, "m", "vllm");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using HttpResponseMessage posted = await Routed.PostMappingAsync(gateway, "alias", engine);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, posted.StatusCode);
        Assert.Equal(["m on vllm"], await Routed.ModelsOfAsync(gateway));
    }

    [Fact]
    public async Task PodThatIsNotReady_IsNoRoute_AndTheStatusSaysWhy()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        SimulatedEngine engine = await cluster.AddPodAsync("a", "m", "vllm");
        cluster.PutPod("a", engine, "vllm", isReady: false);
        await using TestGateway gateway = await cluster.StartGatewayAsync();

        using JsonDocument status = JsonDocument.Parse(
            await gateway.Client.GetStringAsync("/admin/api/status", TestContext.Current.CancellationToken));

        JsonElement ignored = Assert.Single(status.RootElement.GetProperty("ignored").EnumerateArray());
        Assert.Equal("a", ignored.GetProperty("name").GetString());
        Assert.Contains("ready", ignored.GetProperty("reason").GetString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await Routed.ModelsOfAsync(gateway));
    }

    [Fact]
    public async Task PodWhoseReadinessFlaps_EndsAsItsLastWordSays_AndNoRequestFails()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        await cluster.AddPodAsync("steady", "m", "vllm");
        SimulatedEngine flapping = await cluster.AddPodAsync("flapping", "m", "vllm");
        await using TestGateway gateway = await cluster.StartGatewayAsync();

        for (int i = 0; i < 50; i++)
        {
            cluster.PutPod("flapping", flapping, "vllm", isReady: i % 2 == 0);
            using HttpResponseMessage answer = await Routed.ChatAsync(gateway, "m", "vllm");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        await Routed.UntilAsync(gateway, flapping, isRouted: false);
        cluster.PutPod("flapping", flapping, "vllm");
        await Routed.UntilAsync(gateway, flapping, isRouted: true);
    }

    [Fact]
    public async Task FiftyMappingsPostedToBothReplicasAtOnce_WhileTheManifestsAreAppliedAgain_AreAllKept()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        SimulatedEngine engine = await cluster.AddPodAsync("a", "m", "vllm");
        await using TestGateway one = await cluster.StartGatewayAsync();
        await using TestGateway other = await cluster.StartGatewayAsync();

        Task applying = ApplyManifestAsync(cluster, times: 10);
        HttpStatusCode[] statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
        {
            using HttpResponseMessage posted = await Routed.PostMappingAsync(number % 2 == 0 ? one : other, $"alias-{number:00}", engine);
            return posted.StatusCode;
        }));
        await applying;

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Created, status));
        string[] all = [.. Enumerable.Range(0, 50).Select(number => $"alias-{number:00} on vllm"), "m on vllm"];
        await Routed.UntilListedAsync(one, all);
        await Routed.UntilListedAsync(other, all);
        Assert.Equal("9", (string?)cluster.Api.Get("configmaps", ClusterOfOne.Namespace, ClusterOfOne.ConfigMap)!["metadata"]!["labels"]!["applied"]);
    }

    // What kubectl sends: the manifest says nothing of data. A label makes each of them a write.
    private static async Task ApplyManifestAsync(ClusterOfOne cluster, int times)
    {
        using IKubernetes kubectl = cluster.Api.CreateClient();
        for (int i = 0; i < times; i++)
        {
            await cluster.Api.UntilAsync(api => api.Requests.Count(request => request.Verb == "patch") >= i * 4);
            await kubectl.CoreV1.PatchNamespacedConfigMapAsync(
                new V1Patch($$"""{"metadata":{"labels":{"applied":"{{i}}"} } }""", V1Patch.PatchType.MergePatch),
                ClusterOfOne.ConfigMap,
                ClusterOfOne.Namespace,
                cancellationToken: TestContext.Current.CancellationToken);
        }
    }
}
