using Gateway.Simulation;
using OpenAI.Chat;
using OpenAI.Responses;

namespace Gateway.Tests.EndToEnd;

/// <summary>The official client library of OpenAI, through the gateway: streams, and streams that break.</summary>
public sealed class OpenAiClientStreamTests : IAsyncLifetime
{
    private static readonly ChatMessage[] Prompt = [new UserChatMessage("p")];

    private SimulatedEngine _engine = null!;
    private TestGateway _gateway = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], OutputTokens = 200 }, Cancelled);
        _gateway = await TestGateway.StartAsync(["--Gateway:Timeouts:Idle=00:00:01"], _engine);
    }

    public async ValueTask DisposeAsync()
    {
        await TestTime.UntilAsync(() => _gateway.InFlight == 0, "no request in flight");
        await _gateway.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Stream_ComesWhole_InOrder_WithItsUsage()
    {
        List<StreamingChatCompletionUpdate> updates = await ReadAsync(new ChatCompletionOptions());

        Assert.Equal(
            Enumerable.Range(0, 200).Select(token => SimulatedText.Token(token)),
            updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text).Where(text => text.Length > 0));
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);

        // The library asks for it by itself: stream_options.include_usage.
        Assert.Equal(200, Assert.Single(updates, update => update.Usage is not null).Usage.OutputTokenCount);
    }

    [Fact]
    public async Task StreamOfLargeTokens_ComesWhole()
    {
        _engine.Fault = new SimulatedFault { PadBytes = 50_000, Tokens = 40 };

        List<StreamingChatCompletionUpdate> updates = await ReadAsync(new ChatCompletionOptions());

        string text = string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text));
        Assert.Equal(SimulatedText.Whole(40, 50_000), text);
    }

    [Fact]
    public async Task StreamedToolCall_ComesWhole_InOrder()
    {
        List<StreamingChatCompletionUpdate> updates = await ReadAsync(new ChatCompletionOptions
        {
            Tools = { ChatTool.CreateFunctionTool("look_up") },
            ToolChoice = ChatToolChoice.CreateRequiredChoice(),
        });

        List<StreamingChatToolCallUpdate> calls = [.. updates.SelectMany(update => update.ToolCallUpdates)];
        Assert.Equal("look_up", Assert.Single(calls, call => call.FunctionName is not null).FunctionName);
        string arguments = string.Concat(calls.Select(call => call.FunctionArgumentsUpdate?.ToString()));
        Assert.Equal($$"""{"text":"{{SimulatedText.Whole(200)}}"}""", arguments);
        Assert.Contains(updates, update => update.FinishReason == ChatFinishReason.ToolCalls);
    }

    [Fact]
    public async Task StreamedResponse_ComesWhole_InOrder()
    {
#pragma warning disable OPENAI001 // The library calls this API an evaluation version; engines serve it, so clients use it.
        ResponsesClient responses = OpenAiClients.Create(_gateway).GetResponsesClient();
        var options = new CreateResponseOptions
        {
            Model = "m",
            StreamingEnabled = true,
            InputItems = { ResponseItem.CreateUserMessageItem("p") },
        };

        var updates = new List<StreamingResponseUpdate>();
        await foreach (StreamingResponseUpdate update in await responses.CreateResponseStreamingAsync(options, Cancelled))
            updates.Add(update);

        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(update => update.SequenceNumber));
        Assert.Equal(
            Enumerable.Range(0, 200).Select(token => SimulatedText.Token(token)),
            updates.OfType<StreamingResponseOutputTextDeltaUpdate>().Select(update => update.Delta));
        Assert.Equal(SimulatedText.Whole(200), Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1]).Response.GetOutputText());
#pragma warning restore OPENAI001
    }

    [Theory]
    [InlineData("reset", "mid-stream", 0)]
    [InlineData("reset", "mid-stream", 5)]
    [InlineData("reset", "mid-event", 5)]
    [InlineData("stall", "mid-event", 5)]
    [InlineData("close", "mid-event", 201)]
    [InlineData("close", "mid-stream", 201)]
    public async Task CutStream_Throws_AndNeverLooksComplete(string kind, string point, int events)
    {
        ChatClient chat = OpenAiClients.Create(_gateway, ($"x-sim-{kind}", point), ("x-sim-after", $"{events}")).GetChatClient("m");

        var texts = new List<string>();
        bool finished = false;
        Exception? thrown = await Record.ExceptionAsync(async () =>
        {
            await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Prompt, cancellationToken: Cancelled))
            {
                texts.AddRange(update.ContentUpdate.Select(part => part.Text).Where(text => text.Length > 0));
                finished |= update.Usage is not null;
            }
        });

        Assert.NotNull(thrown);
        Assert.False(finished);
        Assert.Equal(Enumerable.Range(0, texts.Count).Select(token => SimulatedText.Token(token)), texts);

        // The first event says only who speaks. A reset may take with it what was still on its way.
        int sent = Math.Max(events - 1, 0);
        Assert.InRange(texts.Count, kind == "reset" ? 0 : Math.Min(sent, 200), sent);
    }

    [Fact]
    public async Task Leaving_InTheMiddleOfAStream_FreesTheEngine()
    {
        ChatClient chat = OpenAiClients.Create(_gateway, ("x-sim-token-ms", "20"), ("x-sim-tokens", "100000")).GetChatClient("m");

        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Prompt, cancellationToken: Cancelled))
        {
            if (update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text.Length > 0)
                break;
        }

        await TestTime.UntilAsync(() => _engine.ClientsLeft == 1, "the engine to see its client leave");
    }

    private async Task<List<StreamingChatCompletionUpdate>> ReadAsync(ChatCompletionOptions options)
    {
        ChatClient chat = OpenAiClients.Create(_gateway).GetChatClient("m");
        var updates = new List<StreamingChatCompletionUpdate>();
        await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(Prompt, options, Cancelled))
            updates.Add(update);
        return updates;
    }
}
