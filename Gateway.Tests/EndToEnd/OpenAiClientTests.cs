using System.ClientModel;
using System.Text.Json;
using Gateway.Simulation;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using OpenAI.Responses;

namespace Gateway.Tests.EndToEnd;

/// <summary>The official client library of OpenAI, through the gateway: answers in one piece.</summary>
public sealed class OpenAiClientTests : IAsyncLifetime
{
    private const string Model = "meta-llama/Llama-3.2-1B-Instruct";

    private static readonly ChatMessage[] Prompt = [new UserChatMessage("p")];

    private SimulatedEngine _vllm = null!;
    private SimulatedEngine _sglang = null!;
    private TestGateway _gateway = null!;
    private OpenAIClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vllm = await SimulatedEngine.StartAsync(new() { Name = "v", Models = [Model, "only-vllm"] }, Cancelled);
        _sglang = await SimulatedEngine.StartAsync(new() { Name = "s", Models = [Model], OwnedBy = "sglang" }, Cancelled);
        _gateway = await TestGateway.StartAsync(_vllm, _sglang);
        _client = OpenAiClients.Create(_gateway);
    }

    public async ValueTask DisposeAsync()
    {
        await TestTime.UntilAsync(() => _gateway.InFlight == 0, "no request in flight");
        await _gateway.DisposeAsync();
        await _vllm.DisposeAsync();
        await _sglang.DisposeAsync();
    }

    [Fact]
    public async Task Chat_IsAnsweredWhole()
    {
        ChatCompletion answer = await _client.GetChatClient(Model).CompleteChatAsync(Prompt, cancellationToken: Cancelled);

        Assert.Equal(SimulatedText.Whole(16), answer.Content[0].Text);
        Assert.Equal(Model, answer.Model);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(16, answer.Usage.OutputTokenCount);
    }

    [Theory]
    [InlineData("x-owned-by", "vllm", "chatcmpl-v-")]
    [InlineData("x-owned-by", "SGLang", "chatcmpl-s-")]
    [InlineData("x-engine", "sglang", "chatcmpl-s-")]
    [InlineData("x-inference-server", "vllm", "chatcmpl-v-")]
    public async Task Engine_NamedByHeader_Answers(string header, string engine, string id)
    {
        ChatClient chat = OpenAiClients.Create(_gateway, (header, engine)).GetChatClient(Model);

        for (int i = 0; i < 5; i++)
        {
            ChatCompletion answer = await chat.CompleteChatAsync(Prompt, cancellationToken: Cancelled);
            Assert.StartsWith(id, answer.Id, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("vllm", "v")]
    [InlineData("sglang", "s")]
    public async Task Engine_NamedInTheBody_Answers_AndDoesNotSeeTheMember(string engine, string name)
    {
        using BinaryContent body = BinaryContent.Create(BinaryData.FromString(
            $$"""{"model":"{{Model}}","owned_by":"{{engine}}","messages":[{"role":"user","content":"p"}]}"""));

        ClientResult answer = await _client.GetChatClient(Model).CompleteChatAsync(body);

        using JsonDocument json = JsonDocument.Parse(answer.GetRawResponse().Content);
        Assert.StartsWith($"chatcmpl-{name}-", json.RootElement.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.True(answer.GetRawResponse().Headers.TryGetValue("x-owned-by", out string? answeredBy));
        Assert.Equal(engine, answeredBy);
        RecordedRequest received = Assert.Single((engine == "vllm" ? _vllm : _sglang).Requests.All, request => request.Method == "POST");
        Assert.Equal($$"""{"model":"{{Model}}","messages":[{"role":"user","content":"p"}]}""", received.BodyText);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ToolCall_IsReadWhole(bool isNamed)
    {
        BinaryData parameters = BinaryData.FromString("""{"type":"object","properties":{"text":{"type":"string"}}}""");
        var options = new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("look_up", "Looks something up", parameters) },
            ToolChoice = isNamed ? ChatToolChoice.CreateFunctionChoice("look_up") : ChatToolChoice.CreateRequiredChoice(),
        };

        ChatCompletion answer = await _client.GetChatClient(Model).CompleteChatAsync(Prompt, options, Cancelled);

        ChatToolCall call = Assert.Single(answer.ToolCalls);
        Assert.Equal("look_up", call.FunctionName);
        Assert.Equal(SimulatedText.Whole(16), call.FunctionArguments.ToObjectFromJson<Dictionary<string, string>>()!["text"]);
    }

    [Fact]
    public async Task Embeddings_ComeOneForEachText_InOrder()
    {
        EmbeddingClient embeddings = _client.GetEmbeddingClient(Model);

        OpenAIEmbeddingCollection together = await embeddings.GenerateEmbeddingsAsync(["a", "bb", "ccc"], cancellationToken: Cancelled);
        OpenAIEmbedding alone = await embeddings.GenerateEmbeddingAsync("bb", cancellationToken: Cancelled);

        Assert.Equal([0, 1, 2], together.Select(one => one.Index));
        Assert.Equal(alone.ToFloats().ToArray(), together[1].ToFloats().ToArray());
        Assert.NotEqual(together[0].ToFloats().ToArray(), together[1].ToFloats().ToArray());
    }

    [Fact]
    public async Task Models_AreListedAndShown_AlsoWithSlashesInTheirNames()
    {
        OpenAIModelClient models = _client.GetOpenAIModelClient();

        OpenAIModelCollection listed = await models.GetModelsAsync(Cancelled);
        OpenAIModel shown = await models.GetModelAsync(Model, Cancelled);

        Assert.Equal(
            [(Model, "sglang"), (Model, "vllm"), ("only-vllm", "vllm")],
            listed.Select(model => (model.Id, model.OwnedBy)).Order());
        Assert.Equal(Model, shown.Id);
    }

    [Fact]
    public async Task Transcription_OfALargeForm_ReachesTheEngineWhole()
    {
        byte[] audio = new byte[300_000];
        new Random(1).NextBytes(audio);

        AudioTranscription answer = await _client.GetAudioClient("only-vllm").TranscribeAudioAsync(
            new MemoryStream(audio), "speech.wav", cancellationToken: Cancelled);

        Assert.Equal(SimulatedText.Whole(16), answer.Text);
        RecordedRequest received = Assert.Single(_vllm.Requests.All, request => request.Method == "POST");
        Assert.True(received.Body.AsSpan().IndexOf(audio) > 0, "The audio did not arrive as it was sent.");
    }

    [Fact]
    public async Task Response_IsAnsweredWhole()
    {
#pragma warning disable OPENAI001 // The library calls this API an evaluation version; engines serve it, so clients use it.
        ResponsesClient responses = _client.GetResponsesClient();

        ResponseResult answer = await responses.CreateResponseAsync(
            new CreateResponseOptions { Model = Model, InputItems = { ResponseItem.CreateUserMessageItem("p") } }, Cancelled);

        Assert.Equal(SimulatedText.Whole(16), answer.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, answer.Status);
#pragma warning restore OPENAI001
    }
}
