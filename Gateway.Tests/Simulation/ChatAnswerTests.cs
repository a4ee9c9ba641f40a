using System.Net;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class ChatAnswerTests : IAsyncLifetime
{
    private const string Path = "/v1/chat/completions";
    private const string Messages = """ "model":"m","messages":[{"role":"user","content":"Tell me"}] """;
    private const string Tools =
        """ "tools":[{"type":"function","function":{"name":"look_up","parameters":{}}},{"type":"function","function":{"name":"add","parameters":{}}}] """;

    private SimulatedEngine _engine = null!;
    private EngineClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], Name = "one" }, TestContext.Current.CancellationToken);
        _client = new EngineClient(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task WholeAnswer_HasTextUsageAndTheEnginesName()
    {
        using HttpResponseMessage response = await _client.PostAsync(Path, $"{{{Messages}}}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        JsonElement answer = await EngineClient.JsonOfAsync(response);

        Assert.Equal("chatcmpl-one-0", answer.GetProperty("id").GetString());
        Assert.Equal("chat.completion", answer.GetProperty("object").GetString());
        Assert.Equal("m", answer.GetProperty("model").GetString());
        JsonElement choice = answer.GetProperty("choices")[0];
        Assert.Equal(SimulatedText.Whole(16), choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        JsonElement usage = answer.GetProperty("usage");
        Assert.Equal(16, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(
            usage.GetProperty("prompt_tokens").GetInt32() + usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
        Assert.Equal(0, usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32());
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("max_completion_tokens")]
    public async Task Limit_CutsTheAnswerShort(string member)
    {
        JsonElement answer = await _client.PostJsonAsync(Path, $$"""{{{Messages}},"{{member}}":3}""");

        JsonElement choice = answer.GetProperty("choices")[0];
        Assert.Equal(" w0 w1 w2", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("length", choice.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Stream_BringsEveryTokenInOrderAndEndsWithDone()
    {
        List<StreamEvent> events = await _client.StreamAsync(Path, $$"""{{{Messages}},"stream":true,"max_tokens":5}""");

        Assert.Equal("[DONE]", events[^1].Data);
        var deltas = events[..^1].Select(chunk => chunk.Json.GetProperty("choices")[0]).ToList();
        Assert.Equal("assistant", deltas[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal([" w0", " w1", " w2", " w3", " w4"], deltas[1..^1].Select(delta => delta.GetProperty("delta").GetProperty("content").GetString()));
        Assert.Equal("length", deltas[^1].GetProperty("finish_reason").GetString());
        Assert.All(events[..^1], chunk => Assert.False(chunk.Json.TryGetProperty("usage", out _)));
    }

    [Theory]
    [InlineData("""{"include_usage":true}""", true)]
    [InlineData("{}", true)]
    [InlineData("""{"include_usage":false}""", false)]
    [InlineData("null", false)]
    public async Task Stream_EndsWithUsageWhenAskedAsVllmUnderstandsIt(string options, bool expected)
    {
        List<StreamEvent> events = await _client.StreamAsync(Path, $$"""{{{Messages}},"stream":true,"stream_options":{{options}}}""");

        JsonElement last = events[^2].Json;
        Assert.Equal(expected, last.GetProperty("choices").GetArrayLength() == 0);
        Assert.Equal(expected, last.TryGetProperty("usage", out JsonElement usage) && usage.GetProperty("completion_tokens").GetInt32() == 16);
    }

    [Fact]
    public async Task SglangStream_SendsUsageOnlyWhenItIsSaid()
    {
        await using SimulatedEngine sglang = await SimulatedEngine.StartAsync(
            new() { OwnedBy = "sglang", Models = ["m"] }, TestContext.Current.CancellationToken);
        using var client = new EngineClient(sglang);

        List<StreamEvent> events = await client.StreamAsync(Path, $"{{{Messages},\"stream\":true,\"stream_options\":{{}}}}");

        Assert.NotEqual(0, events[^2].Json.GetProperty("choices").GetArrayLength());
    }

    [Theory]
    [InlineData("\"required\"", "look_up", "tool_calls")]
    [InlineData("""{"type":"function","function":{"name":"add"}}""", "add", "stop")]
    public async Task ForcedTool_IsCalledWithJsonArguments(string choice, string function, string finishReason)
    {
        string body = $$"""{{{Messages}},{{Tools}},"tool_choice":{{choice}}}""";
        JsonElement whole = (await _client.PostJsonAsync(Path, body)).GetProperty("choices")[0];

        JsonElement call = whole.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function");
        Assert.Equal(function, call.GetProperty("name").GetString());
        Assert.Equal(SimulatedText.Whole(16), JsonElement.Parse(call.GetProperty("arguments").GetString()!).GetProperty("text").GetString());
        Assert.Equal(finishReason, whole.GetProperty("finish_reason").GetString());

        List<StreamEvent> events = await _client.StreamAsync(Path, $"{{\"stream\":true,{body[1..]}");
        var calls = events[..^1].Select(chunk => chunk.Json.GetProperty("choices")[0].GetProperty("delta"))
            .Where(delta => delta.TryGetProperty("tool_calls", out _))
            .Select(delta => delta.GetProperty("tool_calls")[0].GetProperty("function")).ToList();
        Assert.Equal(function, calls[0].GetProperty("name").GetString());
        Assert.Equal(call.GetProperty("arguments").GetString(), string.Concat(calls.Select(part => part.GetProperty("arguments").GetString())));
    }

    [Fact]
    public async Task NoToolChoice_AnswersText()
    {
        JsonElement answer = await _client.PostJsonAsync(Path, $"{{{Messages},{Tools}}}");

        Assert.Equal(SimulatedText.Whole(16), answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task LengthAndPadding_FollowTheHeaders()
    {
        JsonElement answer = await _client.PostJsonAsync(
            Path, $"{{{Messages}}}", (SimulatedFaultHeaders.Tokens, "2"), (SimulatedFaultHeaders.PadBytes, "5000"));

        JsonElement choice = answer.GetProperty("choices")[0];
        Assert.Equal(SimulatedText.Token(0, 5000) + SimulatedText.Token(1, 5000), choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
    }

    [Theory]
    [InlineData("{\"messages\":[]}")]
    [InlineData("{\"model\":null,\"messages\":[]}")]
    [InlineData("{\"model\":\"other\",\"messages\":[],\"unknown_member\":{\"a\":[1]},\"mod\\u0065l\":\"m\"}")]
    public async Task Model_MayBeLeftOutAndOfTwoTheLastCounts(string body)
    {
        JsonElement answer = await _client.PostJsonAsync(Path, body);

        Assert.Equal("m", answer.GetProperty("model").GetString());
    }
}
