using System.ClientModel;
using Gateway.Simulation;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;

namespace Gateway.Tests.Simulation;

/// <summary>The official client library takes a simulated engine for a real one.</summary>
public sealed class OpenAiClientTests : IAsyncLifetime
{
    private SimulatedEngine _engine = null!;
    private OpenAIClient _client = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], ApiKey = "secret" }, Cancelled);
        _client = new OpenAIClient(new ApiKeyCredential("secret"), new OpenAIClientOptions { Endpoint = new Uri(_engine.Url, "/v1") });
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Chat_IsReadWholeAndAsAStream()
    {
        ChatClient chat = _client.GetChatClient("m");
        ChatCompletion whole = await chat.CompleteChatAsync([new UserChatMessage("p")], cancellationToken: Cancelled);
        string streamed = "";
        int? usage = null;
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync([new UserChatMessage("p")], cancellationToken: Cancelled))
        {
            streamed += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage?.OutputTokenCount ?? usage;
        }

        Assert.Equal(SimulatedText.Whole(16), whole.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, whole.FinishReason);
        Assert.Equal(SimulatedText.Whole(16), streamed);
        Assert.Equal(16, usage);
    }

    [Fact]
    public async Task ToolCall_IsRead()
    {
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("look_up") }, ToolChoice = ChatToolChoice.CreateRequiredChoice() };

        ChatCompletion answer = await _client.GetChatClient("m").CompleteChatAsync([new UserChatMessage("p")], options, Cancelled);

        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        Assert.Equal("look_up", Assert.Single(answer.ToolCalls).FunctionName);
    }

    [Fact]
    public async Task Embeddings_AreRead()
    {
        OpenAIEmbedding answer = await _client.GetEmbeddingClient("m").GenerateEmbeddingAsync("p", cancellationToken: Cancelled);

        Assert.Equal(8, answer.ToFloats().Length);
    }

    [Fact]
    public async Task Error_IsThrownWithItsStatus()
    {
        ClientResultException error = await Assert.ThrowsAsync<ClientResultException>(
            () => _client.GetChatClient("unknown").CompleteChatAsync([new UserChatMessage("p")], cancellationToken: Cancelled));

        Assert.Equal(404, error.Status);
    }
}
