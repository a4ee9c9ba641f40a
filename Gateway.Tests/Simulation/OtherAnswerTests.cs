using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class OtherAnswerTests : IAsyncLifetime
{
    private SimulatedEngine _engine = null!;
    private EngineClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, TestContext.Current.CancellationToken);
        _client = new EngineClient(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Completions_AnswerWholeAndAsAStream()
    {
        JsonElement whole = await _client.PostJsonAsync("/v1/completions", """{"model":"m","prompt":"p","max_tokens":4}""");
        List<StreamEvent> events = await _client.StreamAsync(
            "/v1/completions", """{"model":"m","prompt":"p","max_tokens":4,"stream":true,"stream_options":{"include_usage":true}}""");

        Assert.Equal("text_completion", whole.GetProperty("object").GetString());
        Assert.Equal(SimulatedText.Whole(4), whole.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal("[DONE]", events[^1].Data);
        Assert.Equal(4, events[^2].Json.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(SimulatedText.Whole(4), string.Concat(events[..^2].Select(chunk => chunk.Json.GetProperty("choices")[0].GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Responses_AnswerWhole()
    {
        JsonElement whole = await _client.PostJsonAsync("/v1/responses", """{"model":"m","input":"p"}""");

        Assert.Equal("completed", whole.GetProperty("status").GetString());
        Assert.Equal(SimulatedText.Whole(16), whole.GetProperty("output")[0].GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal(16, whole.GetProperty("usage").GetProperty("output_tokens").GetInt32());
    }

    [Fact]
    public async Task ResponsesStream_NumbersItsNamedEventsFromZero()
    {
        List<StreamEvent> events = await _client.StreamAsync("/v1/responses", """{"model":"m","input":"p","stream":true}""");

        Assert.Equal("response.created", events[0].Name);
        Assert.Equal("response.completed", events[^1].Name);
        Assert.All(events, item => Assert.Equal(item.Name, item.Json.GetProperty("type").GetString()));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(item => item.Json.GetProperty("sequence_number").GetInt32()));
        Assert.Equal(
            SimulatedText.Whole(16),
            string.Concat(events.Where(item => item.Name == "response.output_text.delta").Select(item => item.Json.GetProperty("delta").GetString())));
        Assert.Equal("completed", events[^1].Json.GetProperty("response").GetProperty("status").GetString());
    }

    [Fact]
    public async Task ResponsesStream_CutShortSaysIncomplete()
    {
        List<StreamEvent> events = await _client.StreamAsync("/v1/responses", """{"model":"m","input":"p","stream":true,"max_output_tokens":2}""");

        JsonElement response = events[^1].Json.GetProperty("response");
        Assert.Equal("response.incomplete", events[^1].Name);
        Assert.Equal("max_output_tokens", response.GetProperty("incomplete_details").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Messages_AnswerInAnthropicsShape()
    {
        const string body = """{"model":"m","max_tokens":3,"messages":[{"role":"user","content":"p"}]}""";
        JsonElement whole = await _client.PostJsonAsync("/v1/messages", body);
        List<StreamEvent> events = await _client.StreamAsync("/v1/messages", "{\"stream\":true," + body[1..]);

        Assert.Equal("message", whole.GetProperty("type").GetString());
        Assert.Equal(SimulatedText.Whole(3), whole.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("max_tokens", whole.GetProperty("stop_reason").GetString());
        Assert.Equal(3, whole.GetProperty("usage").GetProperty("output_tokens").GetInt32());
        Assert.Equal(
            [
                "message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_delta", "content_block_stop",
                "message_delta", "message_stop",
            ],
            events.Select(item => item.Name));
        Assert.All(events, item => Assert.Equal(item.Name, item.Json.GetProperty("type").GetString()));
        Assert.Equal(
            SimulatedText.Whole(3), string.Concat(events[2..5].Select(item => item.Json.GetProperty("delta").GetProperty("text").GetString())));
    }

    [Theory]
    [InlineData("""{"type":"any"}""", "first")]
    [InlineData("""{"type":"tool","name":"second"}""", "second")]
    public async Task Messages_CallAForcedTool(string choice, string function)
    {
        string body = $$"""{"model":"m","messages":[],"tools":[{"name":"first"},{"name":"second"}],"tool_choice":{{choice}}}""";
        JsonElement block = (await _client.PostJsonAsync("/v1/messages", body)).GetProperty("content")[0];
        List<StreamEvent> events = await _client.StreamAsync("/v1/messages", "{\"stream\":true," + body[1..]);

        Assert.Equal(function, block.GetProperty("name").GetString());
        Assert.Equal(SimulatedText.Whole(16), block.GetProperty("input").GetProperty("text").GetString());
        string arguments = string.Concat(events.Where(item => item.Name == "content_block_delta")
            .Select(item => item.Json.GetProperty("delta").GetProperty("partial_json").GetString()));
        Assert.Equal(SimulatedText.Whole(16), JsonElement.Parse(arguments).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Embeddings_AreTheSameAsNumbersAndAsBase64()
    {
        JsonElement numbers = await _client.PostJsonAsync("/v1/embeddings", """{"model":"m","input":["a text","another"],"dimensions":3}""");
        JsonElement base64 = await _client.PostJsonAsync(
            "/v1/embeddings", """{"model":"m","input":["a text","another"],"dimensions":3,"encoding_format":"base64"}""");

        Assert.Equal(2, numbers.GetProperty("data").GetArrayLength());
        float[] vector = [.. numbers.GetProperty("data")[1].GetProperty("embedding").EnumerateArray().Select(item => item.GetSingle())];
        byte[] bytes = base64.GetProperty("data")[1].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(3, vector.Length);
        Assert.Equal(vector.AsEnumerable(), Enumerable.Range(0, 3).Select(i => BitConverter.ToSingle(bytes, i * sizeof(float))));
    }

    [Fact]
    public async Task Tokens_DetokenizeToWhatWasTokenized()
    {
        const string text = "Grüße an alle";
        JsonElement tokens = await _client.PostJsonAsync("/tokenize", $$"""{"model":"m","prompt":"{{text}}"}""");
        JsonElement back = await _client.PostJsonAsync("/detokenize", $$"""{"model":"m","tokens":{{tokens.GetProperty("tokens").GetRawText()}}}""");

        Assert.Equal(tokens.GetProperty("tokens").GetArrayLength(), tokens.GetProperty("count").GetInt32());
        Assert.Equal(text, back.GetProperty("prompt").GetString());
    }

    [Theory]
    [InlineData("/v1/rerank", """{"model":"m","query":"q","documents":["a","b","c"],"top_n":2}""", "results", 2)]
    [InlineData("/rerank", """{"model":"m","query":"q","documents":["a"]}""", "results", 1)]
    [InlineData("/v2/rerank", """{"model":"m","query":"q","documents":["a","b"]}""", "results", 2)]
    [InlineData("/v1/score", """{"model":"m","text_1":"q","text_2":["a","b"]}""", "data", 2)]
    [InlineData("/score", """{"model":"m","text_1":"q","text_2":"a"}""", "data", 1)]
    [InlineData("/classify", """{"model":"m","input":["a","b"]}""", "data", 2)]
    [InlineData("/pooling", """{"model":"m","input":[1,2,3]}""", "data", 1)]
    [InlineData("/v1/images/generations", """{"model":"m","prompt":"p","n":2}""", "data", 2)]
    public async Task ListAnswers_HaveAnItemForEachInput(string path, string body, string member, int count)
    {
        JsonElement answer = await _client.PostJsonAsync(path, body);

        Assert.Equal(count, answer.GetProperty(member).GetArrayLength());
    }

    [Fact]
    public async Task CountTokens_AnswersANumber()
    {
        JsonElement answer = await _client.PostJsonAsync("/v1/messages/count_tokens", """{"model":"m","messages":[{"role":"user","content":"p"}]}""");

        Assert.True(answer.GetProperty("input_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task Speech_IsAWaveFile()
    {
        using HttpResponseMessage response = await _client.PostAsync("/v1/audio/speech", """{"model":"m","input":"say it","voice":"v"}""");

        Assert.Equal("audio/wav", response.Content.Headers.ContentType?.ToString());
        byte[] wave = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("RIFF", Encoding.ASCII.GetString(wave, 0, 4));
        Assert.Equal(wave.Length - 8, BitConverter.ToInt32(wave, 4));
    }

    [Theory]
    [InlineData("/v1/audio/transcriptions", "m", HttpStatusCode.OK)]
    [InlineData("/v1/audio/translations", "m", HttpStatusCode.OK)]
    [InlineData("/v1/audio/transcriptions", "unknown", HttpStatusCode.NotFound)]
    public async Task Transcription_ReadsTheModelFromTheForm(string path, string model, HttpStatusCode expected)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent([1, 2, 13, 10, 3]) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } }, "file", "a.wav" },
            { new StringContent(model), "model" },
        };
        using HttpResponseMessage response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = form });

        Assert.Equal(expected, response.StatusCode);
        if (expected == HttpStatusCode.OK)
            Assert.Equal(SimulatedText.Whole(16), (await EngineClient.JsonOfAsync(response)).GetProperty("text").GetString());
    }
}
