using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>Which paths and methods reach an engine: those of the OpenAI API, and nothing else that the engine has.</summary>
public sealed class PathTests
{
    private const string Body = """{"model":"m"}""";

    public static TheoryData<string> Proxied => new(
        "/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/responses", "/v1/messages", "/v1/messages/count_tokens",
        "/v1/rerank", "/rerank", "/v2/rerank", "/v1/score", "/score", "/classify", "/pooling", "/tokenize", "/detokenize",
        "/v1/images/generations", "/v1/audio/speech", "/v1/audio/transcriptions", "/v1/audio/translations");

    [Theory]
    [MemberData(nameof(Proxied))]
    public async Task ProxiedPath_TakesPost_AndNothingElse(string path)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(path, Body);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.Equal($"POST {path} HTTP/1.1", (await engine.NextAsync()).StartLine);

        foreach (string method in (string[])["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
        {
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: gateway\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
            RawMessage answer = await RawMessage.ReadAsync(client);
            Assert.Equal(405, answer.Status);
            Assert.Equal("POST", answer.Header("Allow"));
            AssertIsError(answer, isAnthropic: path.StartsWith("/v1/messages", StringComparison.Ordinal), "method_not_allowed");
        }

        await client.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: gateway\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 405 ", await client.ReadHeadAsync());
        Assert.Equal(1, engine.Requests);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1")]
    [InlineData("/v1/chat/completions/")]
    [InlineData("/v1//chat/completions")]
    [InlineData("//v1/chat/completions")]
    [InlineData("/V1/chat/completions")]
    [InlineData("/v1/chat%2Fcompletions")]
    [InlineData("/v1/chat/completions%00")]
    [InlineData("/v1/chat/completions;x=1")]
    [InlineData("/v1/chat/completions/../../../pause")]
    [InlineData("/v1/chat/completions/%2e%2e/%2e%2e/%2e%2e/pause")]
    [InlineData("/chat/completions")]
    [InlineData("/v1/load_lora_adapter")]
    [InlineData("/v1/unload_lora_adapter")]
    [InlineData("/pause")]
    [InlineData("/resume")]
    [InlineData("/sleep")]
    [InlineData("/wake_up")]
    [InlineData("/is_sleeping")]
    [InlineData("/collective_rpc")]
    [InlineData("/reset_prefix_cache")]
    [InlineData("/server_info")]
    [InlineData("/abort_requests")]
    [InlineData("/scale_elastic_ep")]
    [InlineData("/invocations")]
    [InlineData("/ping")]
    [InlineData("/load")]
    [InlineData("/version")]
    [InlineData("/start_profile")]
    [InlineData("/flush_cache")]
    [InlineData("/update_weights_from_disk")]
    [InlineData("/release_memory_occupation")]
    [InlineData("/generate")]
    [InlineData("/get_server_info")]
    [InlineData("/v1/batches")]
    [InlineData("/v1/files")]
    [InlineData("/v1/responses/resp_1")]
    [InlineData("/v1/responses/resp_1/cancel")]
    [InlineData("/openapi.json")]
    [InlineData("/docs")]
    public async Task UnknownPath_NeverReachesAnEngine_WhateverTheMethod(string path)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        foreach (string method in (string[])["POST", "GET", "DELETE", "OPTIONS"])
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            await client.SendAsync($"{method} {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
            RawMessage answer = await RawMessage.ReadAsync(client);
            if (answer.Status == 400 && answer.Body.Length == 0)
                continue; // Kestrel's own answer to a path that is none.

            Assert.Equal(404, answer.Status);
            AssertIsError(answer, isAnthropic: false, "unknown_url");
        }

        Assert.Equal(0, engine.Requests);
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: gateway\r\n\r\n")]
    [InlineData("CONNECT gateway:80 HTTP/1.1\r\nHost: gateway:80\r\n\r\n")]
    [InlineData("GET /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")]
    public async Task OddRequest_IsRefused(string request)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync(request);
        Assert.InRange((await RawMessage.ReadAsync(client)).Status, 400, 499);
        Assert.Equal(0, engine.Requests);
    }

    [Theory]
    [InlineData("/health", 200)]
    [InlineData("/ready", 200)]
    [InlineData("/v1/models", 200)]
    [InlineData("/v1/models/m", 200)]
    [InlineData("/v1/models/none", 404)]
    public async Task OwnPage_TakesGetAndHead_WithTheSameHead(string path, int status)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: gateway\r\n\r\n");
        RawMessage page = await RawMessage.ReadAsync(client);
        Assert.Equal(status, page.Status);
        Assert.StartsWith("application/json", page.Header("Content-Type"));

        // Were there a body behind the head, the next answer would not begin where it should.
        await client.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: gateway\r\n\r\nPOST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\n\r\n");
        string head = await client.ReadHeadAsync();
        Assert.Equal(page.StartLine, new RawMessage(head, "").StartLine);

        RawMessage refused = await RawMessage.ReadAsync(client);
        Assert.Equal(405, refused.Status);
        Assert.Equal("GET, HEAD", refused.Header("Allow"));
        AssertIsError(refused, isAnthropic: false, "method_not_allowed");
    }

    [Theory]
    [InlineData("/v1/%63hat/completions")]
    [InlineData("/v1/./chat/completions")]
    [InlineData("/pause/../v1/chat/completions")]
    public async Task PathThatMeansAProxiedOne_ReachesTheEngineUnderItsPlainName(string path)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(path, Body);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.Equal("/v1/chat/completions", (await engine.NextAsync()).Target);
    }

    [Fact]
    public async Task ExtraPath_IsProxied_AndTakesOnlyPost()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Routing:ExtraPaths:0=/v1/custom");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/custom", Body);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.Equal("/v1/custom", (await engine.NextAsync()).Target);

        await client.SendAsync("GET /v1/custom HTTP/1.1\r\nHost: gateway\r\n\r\n");
        Assert.Equal(405, (await RawMessage.ReadAsync(client)).Status);
    }

    [Fact]
    public async Task WithoutMetrics_ThereIsNoPageOfThem_AndRequestsAreServed()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Metrics:Enabled=false");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", Body);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);

        await client.SendAsync("GET /metrics HTTP/1.1\r\nHost: gateway\r\n\r\n");
        AssertIsError(await RawMessage.ReadAsync(client), isAnthropic: false, "unknown_url");
    }

    private static void AssertIsError(RawMessage answer, bool isAnthropic, string code)
    {
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.NotNull(answer.Header("x-request-id"));
        JsonElement error = answer.Json.GetProperty("error");
        if (isAnthropic)
            Assert.Equal("error", answer.Json.GetProperty("type").GetString());
        else
            Assert.Equal(code, error.GetProperty("code").GetString());
    }
}
