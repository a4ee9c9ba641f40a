using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>What the gateway itself has against a request, told in the shape of the API that the client speaks.</summary>
public sealed class RequestErrorTests
{
    private const string Invalid = "invalid_request_error";

    [Theory]
    [InlineData("", "invalid_json")]
    [InlineData("  \n", "invalid_json")]
    [InlineData("null", "invalid_json")]
    [InlineData("\"m\"", "invalid_json")]
    [InlineData("""[{"model":"m"}]""", "invalid_json")]
    [InlineData("""{"model":"m" """, "invalid_json")]
    [InlineData("""{"model":"m"}{}""", "invalid_json")]
    [InlineData("""{"model":"m"} x""", "invalid_json")]
    [InlineData("""{"model":"m",}""", "invalid_json")]
    [InlineData("""{"model" "m"}""", "invalid_json")]
    [InlineData("""{'model':'m'}""", "invalid_json")]
    [InlineData("""{"model":"m","a":[1,2}""", "invalid_json")]
    [InlineData("""{"model":"m","a":}""", "invalid_json")]
    [InlineData("""{"model":"m","a":"open}""", "invalid_json")]
    [InlineData("""{"model":"m","a":1 /* no */}""", "invalid_json")]
    [InlineData("""{"model":"m","messages":[],"model":"m"}""", "duplicate_field", "model")]
    [InlineData("""{"model":"m","mo\u0064el":"m"}""", "duplicate_field", "model")]
    [InlineData("""{"model":null,"model":"m"}""", "duplicate_field", "model")]
    [InlineData("""{"model":"m","owned_by":"vllm","owned_by":"vllm"}""", "duplicate_field", "owned_by")]
    [InlineData("""{"engine":null,"model":"m","\u0065ngine":"vllm"}""", "duplicate_field", "engine")]
    [InlineData("""{"inference_server":"vllm","inference_server":"vllm","model":"m"}""", "duplicate_field", "inference_server")]
    [InlineData("""{"model":7}""", "invalid_type", "model")]
    [InlineData("""{"model":{"id":"m"}}""", "invalid_type", "model")]
    [InlineData("""{"model":["m"]}""", "invalid_type", "model")]
    [InlineData("""{"model":true}""", "invalid_type", "model")]
    [InlineData("""{"model":"\ud800"}""", "invalid_type", "model")]
    [InlineData("""{"model":"m","owned_by":false}""", "invalid_type", "owned_by")]
    [InlineData("""{"model":"m","engine":[]}""", "invalid_type", "engine")]
    [InlineData("""{"model":"m","inference_server":1.5}""", "invalid_type", "inference_server")]
    [InlineData("{}", "model_required", "model")]
    [InlineData("""{"model":null}""", "model_required", "model")]
    [InlineData("""{"model":""}""", "model_required", "model")]
    [InlineData("""{"messages":[{"model":"m"}],"Model":"m","model ":"m"}""", "model_required", "model")]
    public async Task BodyThatCannotBeRouted_Is400(string body, string code, string? param = null)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        foreach (string path in (string[])["/v1/chat/completions", "/v1/responses", "/tokenize"])
        {
            using HttpResponseMessage response = await PostAsync(gateway, path, body);
            await AssertOpenAiAsync(response, 400, Invalid, code, param);
        }

        foreach (string path in (string[])["/v1/messages", "/v1/messages/count_tokens"])
        {
            using HttpResponseMessage response = await PostAsync(gateway, path, body);
            await AssertAnthropicAsync(response, 400, Invalid);
        }

        Assert.Equal(0, engine.Requests);
    }

    [Theory]
    [InlineData(256, 200)]
    [InlineData(257, 400)]
    public async Task Nesting_IsAllowedTo256Levels(int levels, int status)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        // The object itself is the first level.
        string deep = new string('[', levels - 1) + new string(']', levels - 1);
        using HttpResponseMessage response = await PostAsync(gateway, "/v1/chat/completions", $$"""{"a":{{deep}},"model":"m"}""");

        if (status == 200)
            Assert.Equal(200, (int)response.StatusCode);
        else
            await AssertOpenAiAsync(response, 400, Invalid, "invalid_json", null);
    }

    [Theory]
    [InlineData("""{"model":"M"}""", "model")]
    [InlineData("""{"model":"m "}""", "model")]
    [InlineData("""{"model":"nobody/has-this","engine":"vllm"}""", "model")]
    [InlineData("""{"model":"m","owned_by":"sglang"}""", "owned_by")]
    [InlineData("""{"model":"m@vllm"}""", "model")]
    public async Task ModelOrPairThatIsNotThere_Is404(string body, string param)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        using HttpResponseMessage response = await PostAsync(gateway, "/v1/chat/completions", body);
        string message = await AssertOpenAiAsync(response, 404, Invalid, "model_not_found", param);
        if (param == "owned_by")
            Assert.Contains("'vllm'", message);

        using HttpResponseMessage anthropic = await PostAsync(gateway, "/v1/messages", body);
        await AssertAnthropicAsync(anthropic, 404, "not_found_error");
        Assert.Equal(0, engine.Requests);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", null)]
    [InlineData("text/plain", null)]
    [InlineData("application/json; charset=utf-16", null)]
    [InlineData("application/jsonp", null)]
    [InlineData("multipart/mixed; boundary=b", null)]
    [InlineData("application/json", "gzip")]
    [InlineData("application/json", "identity, br")]
    public async Task BodyOfAnotherTypeOrEncoding_Is415(string type, string? encoding)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        using HttpResponseMessage response = await PostAsync(gateway, "/v1/chat/completions", """{"model":"m"}""", type, encoding);
        await AssertOpenAiAsync(response, 415, Invalid, "unsupported_media_type", null);
        Assert.Equal(0, engine.Requests);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("Application/JSON ; charset=\"UTF-8\"", "identity")]
    [InlineData("application/vnd.api+json", null)]
    public async Task JsonUnderItsOtherNames_IsServed(string? type, string? encoding)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        using HttpResponseMessage response = await PostAsync(gateway, "/v1/chat/completions", """{"model":"m"}""", type, encoding);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(type, (await engine.NextAsync()).Header("Content-Type"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task BodyOverTheLimit_Is413_AndNotToBeTriedAgain(bool chunked)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Limits:MaxRequestBodyBytes=1000");

        string body = $$"""{"model":"m","a":"{{new string('x', 1000 - 20)}}"}""";
        Assert.Equal(1000, body.Length);
        using HttpResponseMessage fits = await PostAsync(gateway, "/v1/chat/completions", body, chunked: chunked);
        Assert.Equal(200, (int)fits.StatusCode);

        foreach (string path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            using HttpResponseMessage response = await PostAsync(gateway, path, body + " ", chunked: chunked);
            Assert.Equal("false", Assert.Single(response.Headers.GetValues("x-should-retry")));
            if (path == "/v1/messages")
                await AssertAnthropicAsync(response, 413, "request_too_large");
            else
                await AssertOpenAiAsync(response, 413, Invalid, "request_too_large", null);
        }

        Assert.Equal(1, engine.Requests);
    }

    private static Task<HttpResponseMessage> PostAsync(
        TestGateway gateway, string path, string body, string? type = "application/json", string? encoding = null, bool chunked = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Headers.TransferEncodingChunked = chunked;
        if (type is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        if (encoding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        return gateway.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <returns>The message.</returns>
    private static async Task<string> AssertOpenAiAsync(HttpResponseMessage response, int status, string type, string code, string? param)
    {
        JsonElement error = (await ReadAsync(response, status)).GetProperty("error");
        Assert.Equal(["message", "type", "param", "code"], error.EnumerateObject().Select(member => member.Name));
        Assert.Equal(type, error.GetProperty("type").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(param, error.GetProperty("param").GetString());
        return Assert.IsType<string>(error.GetProperty("message").GetString());
    }

    private static async Task AssertAnthropicAsync(HttpResponseMessage response, int status, string type)
    {
        JsonElement answer = await ReadAsync(response, status);
        Assert.Equal("error", answer.GetProperty("type").GetString());
        Assert.Equal(["type", "message"], answer.GetProperty("error").EnumerateObject().Select(member => member.Name));
        Assert.Equal(type, answer.GetProperty("error").GetProperty("type").GetString());
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(new MediaTypeHeaderValue("application/json"), response.Content.Headers.ContentType);
        Assert.NotEmpty(Assert.Single(response.Headers.GetValues("x-request-id")));
        Assert.False(response.Headers.Contains("x-owned-by"));
        return JsonElement.Parse(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
