using System.Net;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class EngineErrorTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/responses")]
    [InlineData("/v1/embeddings")]
    public async Task VllmUnknownModel_IsNestedWithAnIntegerCode(string path)
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage response = await client.PostAsync(path, """{"model":"no \"such\"","messages":[],"input":"p"}""");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        JsonElement error = (await EngineClient.JsonOfAsync(response)).GetProperty("error");
        Assert.Equal("The model `no \"such\"` does not exist.", error.GetProperty("message").GetString());
        Assert.Equal("NotFoundError", error.GetProperty("type").GetString());
        Assert.Equal("model", error.GetProperty("param").GetString());
        Assert.Equal(404, error.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task SglangError_IsFlatButOnResponses()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { OwnedBy = "sglang", Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage chat = await client.PostAsync("/v1/chat/completions", """{"model":"x"}""");
        using HttpResponseMessage responses = await client.PostAsync("/v1/responses", """{"model":"x"}""");

        JsonElement flat = await EngineClient.JsonOfAsync(chat);
        Assert.Equal("error", flat.GetProperty("object").GetString());
        Assert.Equal(404, flat.GetProperty("code").GetInt32());
        Assert.Equal(404, (await EngineClient.JsonOfAsync(responses)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("sglang")]
    public async Task MessagesError_IsAnthropics(string engineName)
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { OwnedBy = engineName, Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage response = await client.PostAsync("/v1/messages", """{"model":"x"}""");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        JsonElement error = await EngineClient.JsonOfAsync(response);
        Assert.Equal("error", error.GetProperty("type").GetString());
        Assert.Equal("not_found_error", error.GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"model\":")]
    [InlineData("{\"model\":7}")]
    [InlineData("{\"model\":\"\\ud800\"}")]
    [InlineData("{\"stream\":\"yes\"}")]
    [InlineData("{\"max_tokens\":0}")]
    [InlineData("{\"max_tokens\":2147483647}")]
    [InlineData("{\"messages\":[]} more")]
    public async Task WrongBody_IsABadRequest(string body)
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage response = await client.PostAsync("/v1/chat/completions", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("BadRequestError", (await EngineClient.JsonOfAsync(response)).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Key_IsWantedBelowV1Only()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { ApiKey = "secret" }, Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage without = await client.GetAsync("/v1/models");
        using HttpResponseMessage wrong = await client.GetAsync("/v1/models", bearer: "other");
        using HttpResponseMessage right = await client.GetAsync("/v1/models", bearer: "secret");
        using HttpResponseMessage health = await client.GetAsync("/health");

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal("Unauthorized", (await EngineClient.JsonOfAsync(without)).GetProperty("error").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task UnknownPathAndWrongMethod_AreRefusedAsFastApiDoes()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new(), Cancelled);
        using var client = new EngineClient(engine);

        using HttpResponseMessage unknown = await client.PostAsync("/v1/nothing", "{}");
        using HttpResponseMessage get = await client.GetAsync("/v1/chat/completions");
        using HttpResponseMessage post = await client.PostAsync("/v1/models", "{}");

        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        Assert.Equal(["GET"], post.Content.Headers.Allow);
    }
}
