using System.Net;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class EnginePageTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task VllmCards_HaveEveryField()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["org/a", "b"], MaxModelLength = 4096 }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage response = await client.GetAsync("/v1/models");
        JsonElement list = await EngineClient.JsonOfAsync(response);

        Assert.Equal("list", list.GetProperty("object").GetString());
        Assert.Equal(2, list.GetProperty("data").GetArrayLength());
        JsonElement card = list.GetProperty("data")[0];
        Assert.Equal(
            ["id", "object", "created", "owned_by", "root", "parent", "max_model_len", "permission"], card.EnumerateObject().Select(member => member.Name));
        Assert.Equal("org/a", card.GetProperty("id").GetString());
        Assert.Equal("vllm", card.GetProperty("owned_by").GetString());
        Assert.Equal(4096, card.GetProperty("max_model_len").GetInt32());
        Assert.Equal("*", card.GetProperty("permission")[0].GetProperty("organization").GetString());
    }

    [Fact]
    public async Task SglangCards_HaveNoPermissionAndAPageEach()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { OwnedBy = "sglang", Models = ["org/a"] }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage list = await client.GetAsync("/v1/models");
        using HttpResponseMessage one = await client.GetAsync("/v1/models/org/a");
        using HttpResponseMessage unknown = await client.GetAsync("/v1/models/org/b");

        Assert.False((await EngineClient.JsonOfAsync(list)).GetProperty("data")[0].TryGetProperty("permission", out _));
        Assert.Equal("org/a", (await EngineClient.JsonOfAsync(one)).GetProperty("id").GetString());
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal("model_not_found", (await EngineClient.JsonOfAsync(unknown)).GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Models_MayChangeWhileItRuns()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["a"] }, Cancelled);
        using var client = new EngineClient(engine);

        engine.Models = ["a", "adapter"];
        using HttpResponseMessage list = await client.GetAsync("/v1/models");
        JsonElement answer = await client.PostJsonAsync("/v1/completions", """{"model":"adapter","prompt":"p"}""");

        Assert.Equal(2, (await EngineClient.JsonOfAsync(list)).GetProperty("data").GetArrayLength());
        Assert.Equal("adapter", answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task NotReady_Answers503UntilItIs()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new(), Cancelled);
        using var client = new EngineClient(engine);

        engine.Ready = false;
        using HttpResponseMessage before = await client.GetAsync("/v1/models");
        using HttpResponseMessage health = await client.GetAsync("/health");
        engine.Ready = true;
        using HttpResponseMessage after = await client.GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Queue_ShowsInTheMetrics()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], MaxRunning = 2 }, Cancelled);
        using var client = new EngineClient(engine);
        var first = new List<HttpResponseMessage>();
        for (int i = 0; i < 2; i++)
            first.Add(await client.PostAsync("/v1/completions", """{"model":"m","prompt":"p","stream":true}""", (SimulatedFaultHeaders.Stall, "mid-stream")));

        Task<JsonElement> third = client.PostJsonAsync("/v1/completions", """{"model":"m","prompt":"p"}""");
        string metrics = await UntilAsync(client, "vllm:num_requests_waiting{model_name=\"m\",engine=\"0\"} 1\n");

        Assert.Contains("vllm:num_requests_running{model_name=\"m\",engine=\"0\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("vllm:kv_cache_usage_perc{model_name=\"m\",engine=\"0\"} 0\n", metrics, StringComparison.Ordinal);
        Assert.Contains("block_size=\"64\",num_gpu_blocks=\"8192\"", metrics, StringComparison.Ordinal);
        Assert.Equal((2, 1), (engine.Running, engine.Waiting));
        Assert.False(third.IsCompleted);

        // A place is free as soon as one client leaves.
        first[0].Dispose();
        await third;
        first[1].Dispose();
        await UntilAsync(client, "vllm:num_requests_running{model_name=\"m\",engine=\"0\"} 0\n");
    }

    [Fact]
    public async Task SglangMetrics_HaveItsOwnNames()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { OwnedBy = "sglang", Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);

        string metrics = await UntilAsync(client, "sglang:num_running_reqs{model_name=\"m\"} 0\n");

        Assert.Contains("sglang:num_queue_reqs{", metrics, StringComparison.Ordinal);
        Assert.Contains("sglang:token_usage{", metrics, StringComparison.Ordinal);
        Assert.Contains("page_size=\"64\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("vllm:", metrics, StringComparison.Ordinal);
    }

    /// <summary>Reads the metrics again and again until they say <paramref name="line"/>.</summary>
    private static async Task<string> UntilAsync(EngineClient client, string line)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        patience.CancelAfter(EngineClient.Patience);
        while (true)
        {
            using HttpResponseMessage response = await client.GetAsync("/metrics");
            string metrics = await response.Content.ReadAsStringAsync(patience.Token);
            if (metrics.Contains(line, StringComparison.Ordinal))
                return metrics;
            Assert.False(patience.IsCancellationRequested, $"never said {line}: {metrics}");
        }
    }
}
