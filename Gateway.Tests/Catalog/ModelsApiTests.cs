using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Catalog;
using Gateway.Picking;
using Gateway.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Catalog;

public sealed class ModelsApiTests : IAsyncLifetime
{
    private const string LlamaCard =
        """{"id":"x","object":"model","created":7,"owned_by":"other","max_model_len":1.50,"note":"\u00e9<"}""";

    private static readonly RouteTable Table = new(
        [
            WithCard("meta/llama", "vLLM", LlamaCard, Live(1)),
            Ranked("meta/llama", "sglang", -1, Live(2)),
            Ranked("meta/llama", "trtllm-serve", -2, Down(3)),
            Route("meta/down", "vllm", Down(4)),
            Route("/models/local", "tensorrt_llm", Live(5)),
            Weighted("zero", "vllm", 0, Live(6)),
        ],
        []);

    private readonly WebApplication _app;
    private readonly HttpClient _client = new();

    public ModelsApiTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(new RouteTableHolder { Current = Table });
        _app = builder.Build();
        _app.MapModelsApi();
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(CancellationToken);
        _client.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task TheList_HasOneCardForEachPairThatIsServed()
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri("/v1/models", UriKind.Relative), CancellationToken);

        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        using JsonDocument list = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(CancellationToken));
        Assert.Equal("list", list.RootElement.GetProperty("object").GetString());
        Assert.Equal(
            ["/models/local on tensorrt_llm", "meta/llama on sglang", "meta/llama on vLLM", "zero on vllm"],
            list.RootElement.GetProperty("data").EnumerateArray().Select(Pair));
    }

    [Theory]
    [InlineData("?owned_by=VLLM", "meta/llama on vLLM", "zero on vllm")]
    [InlineData("?owned_by=trtllm", "/models/local on tensorrt_llm")]
    [InlineData("?owned_by=nobody")]
    [InlineData("?owned_by=&unique=false", "/models/local on tensorrt_llm", "meta/llama on sglang", "meta/llama on vLLM", "zero on vllm")]
    [InlineData("?unique=true", "/models/local on tensorrt_llm", "meta/llama on sglang", "zero on vllm")]
    [InlineData("?unique=true&owned_by=vllm", "meta/llama on vLLM", "zero on vllm")]
    public async Task TheList_IsFiltered(string query, params string[] expected)
    {
        using JsonDocument list = await ReadAsync("/v1/models" + query);

        Assert.Equal(expected, list.RootElement.GetProperty("data").EnumerateArray().Select(Pair));
    }

    [Fact]
    public async Task ACard_KeepsTheEnginesFieldsInTheirOrder() =>
        Assert.Equal(
            """{"id":"meta/llama","object":"model","created":7,"owned_by":"vLLM","max_model_len":1.50,"note":"\u00e9<"}""",
            await _client.GetStringAsync(new Uri("/v1/models/meta/llama?owned_by=vllm", UriKind.Relative), CancellationToken));

    [Fact]
    public async Task ARouteWithoutACard_GetsTheLeastOne()
    {
        using JsonDocument card = await ReadAsync("/v1/models/zero");

        Assert.Equal(["id", "object", "created", "owned_by"], card.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.True(card.RootElement.GetProperty("created").GetInt64() > 1_600_000_000);
    }

    [Theory]
    [InlineData("/v1/models/meta/llama", "meta/llama on sglang")]
    [InlineData("/v1/models/meta%2Fllama", "meta/llama on sglang")]
    [InlineData("/v1/models/meta%2fllama", "meta/llama on sglang")]
    [InlineData("/v1/models/meta%2Fllama?owned_by=vllm", "meta/llama on vLLM")]
    [InlineData("/v1/models/%2Fmodels%2Flocal", "/models/local on tensorrt_llm")]
    [InlineData("/v1/models//models/local?owned_by=TRTLLM-serve", "/models/local on tensorrt_llm")]
    public async Task OneModel_IsFoundByItsName(string target, string expected)
    {
        string answer = await SendAsync($"GET {target} HTTP/1.1");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        using JsonDocument card = JsonDocument.Parse(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..]);
        Assert.Equal(expected, Pair(card.RootElement));
    }

    [Theory]
    [InlineData("/v1/models/nobody/knows", 404, "model_not_found", "model", "'nobody/knows'")]
    [InlineData("/v1/models/META/llama", 404, "model_not_found", "model", "'META/llama'")]
    [InlineData("/v1/models/meta/llama?owned_by=ollama", 404, "model_not_found", "owned_by", "sglang, trtllm-serve, vLLM")]
    [InlineData("/v1/models/meta/llama?owned_by=trtllm", 503, "no_ready_endpoint", null, "'trtllm-serve'")]
    [InlineData("/v1/models/meta%2Fdown", 503, "no_ready_endpoint", null, "'meta/down'")]
    public async Task WhatCanNotBeShown_IsToldInOpenAisShape(string target, int status, string code, string? param, string words)
    {
        using HttpResponseMessage response = await _client.GetAsync(new Uri(target, UriKind.Relative), CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(CancellationToken));
        JsonElement error = body.RootElement.GetProperty("error");
        Assert.Equal((code, param), (error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.Contains(words, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/meta/llama")]
    public async Task Head_IsAGetWithoutTheBody(string target)
    {
        long length = (await _client.GetByteArrayAsync(new Uri(target, UriKind.Relative), CancellationToken)).Length;
        string answer = await SendAsync($"HEAD {target} HTTP/1.1");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {length}\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/v1/models")]
    [InlineData("DELETE", "/v1/models/meta/llama")]
    [InlineData("OPTIONS", "/v1/models")]
    public async Task OtherMethods_AreRefused(string method, string target)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        using HttpResponseMessage response = await _client.SendAsync(request, CancellationToken);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Contains("method_not_allowed", await response.Content.ReadAsStringAsync(CancellationToken), StringComparison.Ordinal);
    }

    private static Route WithCard(string model, string ownedBy, string card, LiveEndpoint endpoint) =>
        new(model, ownedBy, RouteSource.Discovered, [new RouteTarget([endpoint], model)]) { Card = JsonElement.Parse(card) };

    private static string Pair(JsonElement card) => $"{card.GetProperty("id").GetString()} on {card.GetProperty("owned_by").GetString()}";

    private async Task<JsonDocument> ReadAsync(string target) =>
        JsonDocument.Parse(await _client.GetByteArrayAsync(new Uri(target, UriKind.Relative), CancellationToken));

    /// <summary>By hand, because a client library rewrites paths and hides what follows the head of an answer to HEAD.</summary>
    private async Task<string> SendAsync(string requestLine)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _client.BaseAddress!.Port, CancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{requestLine}\r\nHost: localhost\r\nConnection: close\r\n\r\n"), CancellationToken);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync(CancellationToken);
    }
}
