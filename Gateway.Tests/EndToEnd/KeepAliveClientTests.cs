using Gateway.Tests.Telemetry;
using OpenAI.Chat;

namespace Gateway.Tests.EndToEnd;

/// <summary>Comments that keep a stream alive, and clients that leave, read nothing, or wait their turn; retries; HTTP/2.</summary>
public sealed class KeepAliveClientTests
{
    private const string Path = "/v1/chat/completions";
    private const string Stream = Wire.StreamHead + "9\r\ndata: a\n\n\r\n" + Wire.LastChunk;

    // HTTP/2 runs on the machine's clock: an engine waits until its client has seen comments.
    private static readonly string[] Often = ["--Gateway:Streams:KeepAlive=00:00:00.1", "--Gateway:Timeouts:Idle=00:00:01"];

    private readonly KeepAliveClock _clock = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static MatrixTheoryData<string, Farewell> Departures { get; } = new(["", Wire.StreamHead], Enum.GetValues<Farewell>());

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task ClientThatLeaves_FreesTheEngine_AndSeesNoCleanEnd(string begin, Farewell farewell)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync(begin);
            reached.SetResult();
            await LeaveAsync(connection);
        });
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        await reached.Task.SoonAsync();
        await _clock.TickAsync();
        await client.ReadUntilAsync(KeepAliveClock.Comment);

        client.Leave(farewell);

        await _left.Task.SoonAsync();
        if (farewell == Farewell.HalfClose)
            Assert.DoesNotContain(Wire.LastChunk, await client.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EngineThatFails_IsReplacedByAnother_AndTheClientSeesOneStream(bool isReset)
    {
        int requests = 0;
        async Task AnswerAsync(RawConnection connection, string head)
        {
            await RawMessage.ReadBodyAsync(connection, head);
            bool isFirst = Interlocked.Increment(ref requests) == 1;
            if (isFirst)
                await _goOn.Task;
            if (isFirst && isReset)
                connection.Reset();
            else
                await connection.SendAsync(isFirst ? Wire.Answer("503 Service Unavailable", "{}") : Stream);
        }

        await using ScriptedEngine one = ScriptedEngine.Start(AnswerAsync);
        await using ScriptedEngine other = ScriptedEngine.Start(AnswerAsync);
        await using TestGateway gateway = await _clock.StartGatewayAsync([], one, other);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);

        RawMessage head = await _clock.CommentAsync(client, times: 2);
        _goOn.SetResult();

        Assert.Equal(Wire.Event("a"), (await RawMessage.ReadBodyAsync(client, head.Head)).Body);
        Assert.Equal((1, 1), (one.Requests, other.Requests));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task StreamThatWaitsItsTurn_IsKeptAlive()
    {
        await using ScriptedEngine engine = StartEngine("", connection => connection.SendAsync(Stream));
        await using TestGateway gateway = await _clock.StartGatewayAsync(["--Gateway:Limits:MaxInFlight=1", "--Gateway:Limits:MaxQueue=1"], engine);
        using RawConnection first = await RawConnection.OpenAsync(gateway.Url);
        await first.PostAsync(Path, ChatBody.Unary);
        await TestTime.UntilAsync(() => engine.Requests == 1, "the first is being worked on");
        using RawConnection second = await RawConnection.OpenAsync(gateway.Url);
        await second.PostAsync(Path, ChatBody.Stream);

        RawMessage head = await _clock.CommentAsync(second, times: 3);
        Assert.Equal(1, engine.Requests);
        _goOn.SetResult();

        Assert.Equal(Wire.Event("a"), (await RawMessage.ReadAsync(first)).Body);
        Assert.Equal(Wire.Event("a"), (await RawMessage.ReadBodyAsync(second, head.Head)).Body);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task UploadThatTurnsOutWrong_IsStillToldWithAStatus()
    {
        string body = ChatBody.ModelFirst(2_000_000, ""","stream":true,"model":"x"}""").Replace("\"pad\"", "\"stream\":true,\"pad\"", StringComparison.Ordinal);
        await using ScriptedEngine engine = ScriptedEngine.Start((connection, _) => connection.ReadToEndAsync());
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.SendAsync(Wire.RequestHead(body.Length) + body[..^100]);

        await _clock.TickAsync();
        await client.SendAsync(body[^100..]);

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((400, "duplicate_field"), (answer.Status, answer.ErrorCode));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task OpenAiClient_ReadsThroughComments()
    {
        const string Chunk = """{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"hello"},"finish_reason":"stop"}]}""";
        await using ScriptedEngine engine = StartEngine(
            "", connection => connection.SendAsync(Wire.StreamHead + Wire.Token(Chunk) + Wire.Token("[DONE]") + Wire.LastChunk));
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        ChatClient chat = OpenAiClients.Create(gateway).GetChatClient("m");

        Task<string> reading = ReadAsync();
        for (int i = 0; i < 3; i++)
            await _clock.TickAsync();
        _goOn.SetResult();

        Assert.Equal("hello", await reading.SoonAsync());
        await gateway.SettlesAsync();

        async Task<string> ReadAsync()
        {
            string text = "";
            await foreach (StreamingChatCompletionUpdate update in chat.CompleteChatStreamingAsync(
                [new UserChatMessage("p")], cancellationToken: TestContext.Current.CancellationToken))
                text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            return text;
        }
    }

    [Fact]
    public async Task FirstToken_IsTheEnginesAndNoComment()
    {
        await using ScriptedEngine engine = StartEngine("", connection => connection.SendAsync(Stream));
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using Measured measured = gateway.Measure();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        RawMessage head = await _clock.CommentAsync(client, times: 3);
        _goOn.SetResult();
        await RawMessage.ReadBodyAsync(client, head.Head);
        await gateway.SettlesAsync();

        Assert.StartsWith("21 {", Assert.Single(measured.Of("gen_ai.server.time_to_first_token")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Wire.StreamHead)]
    public async Task OverHttp2_CommentsCome_ThenTheStream(string begin)
    {
        await using ScriptedEngine engine = StartEngine(begin, connection => connection.SendAsync(Stream[begin.Length..]));
        await using TestGateway gateway = await TestGateway.StartHttp2Async([Often[0], $"--engine={engine.Url}"]);
        using var client = new Http2Client(gateway.Url);

        using HttpResponseMessage answer = await client.PostAsync(Path, ChatBody.Stream, TestContext.Current.CancellationToken);
        var reader = new AnswerReader(answer);
        await reader.ReadUntilAsync(": keep-alive\n\n: keep-alive\n\n");
        _goOn.SetResult();
        (string text, Exception? failure) = await reader.ReadToEndAsync();

        Assert.Null(failure);
        Assert.Equal(Wire.Event("a"), text.Replace(": keep-alive\n\n", "", StringComparison.Ordinal));
        Assert.EndsWith(Wire.Event("a"), text, StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task OverHttp2_AnErrorIsTheLastEvent_AndTheStreamIsReset()
    {
        await using ScriptedEngine engine = StartEngine(
            "", connection => connection.SendAsync(Wire.Answer("400 Bad Request", """{"error":{"message":"no"}}""")));
        await using TestGateway gateway = await TestGateway.StartHttp2Async([Often[0], $"--engine={engine.Url}"]);
        using var client = new Http2Client(gateway.Url);

        using HttpResponseMessage answer = await client.PostAsync(Path, ChatBody.Stream, TestContext.Current.CancellationToken);
        _goOn.SetResult();
        (string text, Exception? failure) = await new AnswerReader(answer).ReadToEndAsync();

        Assert.NotNull(failure);
        Assert.EndsWith("""data: {"error":{"message":"no"}}""" + "\n\n", text, StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OverHttp2_AClientThatTakesNoComment_IsGivenUp(bool isAnswered)
    {
        await using ScriptedEngine engine = StartEngine("", async connection =>
        {
            if (isAnswered)
                await connection.SendAsync(Wire.StreamHead + Wire.Token("a"));
            await LeaveAsync(connection);
        });
        await using TestGateway gateway = await TestGateway.StartHttp2Async(
            [.. Often, "--Gateway:Timeouts:FirstByte=00:00:02", $"--engine={engine.Url}"]);

        // SETTINGS_INITIAL_WINDOW_SIZE, RFC 9113 §6.5.2: no byte of a body may come.
        using RawHttp2Connection client = await RawHttp2Connection.OpenAsync(gateway.Url, 0, 4, 0, 0, 0, 0);
        await client.PostAsync(
            ChatBody.Stream, (":method", "POST"), (":scheme", "http"), (":path", Path), (":authority", "gateway"), ("content-type", "application/json"));
        Assert.Equal(200, await client.ReadStatusAsync());
        _goOn.SetResult();

        await _left.Task.SoonAsync();
        await gateway.SettlesAsync();
    }

    private ScriptedEngine StartEngine(string begin, Func<RawConnection, Task> goOn) => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        await connection.SendAsync(begin);
        await _goOn.Task;
        await goOn(connection);
    });

    private async Task LeaveAsync(RawConnection connection)
    {
        await connection.ReadToEndAsync();
        _left.TrySetResult();
    }
}
