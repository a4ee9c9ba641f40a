namespace Gateway.Tests.EndToEnd;

/// <summary>Comments that keep a stream alive: while the engine is silent, and never after that.</summary>
public sealed class KeepAliveTests
{
    private const string Path = "/v1/chat/completions";

    private readonly KeepAliveClock _clock = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData("/v1/chat/completions")]
    [InlineData("/v1/completions")]
    [InlineData("/v1/messages")]
    [InlineData("/v1/responses")]
    public async Task SilenceBeforeTheHead_IsFilledWithComments_AndTheStreamFollowsByteForByte(string path)
    {
        await using ScriptedEngine engine = StartEngine("", Wire.StreamHead + Wire.Token("a") + Wire.Token("b") + Wire.LastChunk);
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(path, ChatBody.Stream, "x-request-id: mine\r\n");

        RawMessage head = await _clock.CommentAsync(client, times: 3);
        _goOn.SetResult();

        Assert.Equal(200, head.Status);
        Assert.Equal(("text/event-stream", "no-cache", "mine"), (head.Header("Content-Type"), head.Header("Cache-Control"), head.Header("x-request-id")));
        Assert.Null(head.Header("x-owned-by"));
        Assert.Equal(Wire.Event("a") + Wire.Event("b"), (await RawMessage.ReadBodyAsync(client, head.Head)).Body);
        Assert.Equal(1, engine.Requests);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task SilenceBehindTheHead_IsFilledWithComments_BehindTheEnginesOwnHead()
    {
        await using ScriptedEngine engine = StartEngine(Wire.StreamHead, Wire.Token("a") + Wire.LastChunk);
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        string head = await client.ReadHeadAsync();

        for (int i = 0; i < 3; i++)
        {
            await _clock.TickAsync();
            Assert.Equal(KeepAliveClock.Comment, await client.ReadAsync(KeepAliveClock.Comment.Length));
        }

        _goOn.SetResult();
        RawMessage answer = await RawMessage.ReadBodyAsync(client, head);

        Assert.Equal(("vllm", Wire.Event("a")), (answer.Header("x-owned-by"), answer.Body));
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AfterTheFirstToken_ThereAreNoMore(bool beginsWithComment)
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await first.Task;
            await connection.SendAsync(Wire.StreamHead + Wire.Chunk("data: ha"));
            await _goOn.Task;
            await connection.SendAsync(Wire.Chunk("lf\n\n") + Wire.LastChunk);
        });
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);

        if (beginsWithComment)
            await _clock.CommentAsync(client, times: 2);
        first.SetResult();
        await client.ReadUntilAsync("data: ha\r\n");
        for (int i = 0; i < 10; i++)
            _clock.Advance(KeepAliveClock.Interval);
        _goOn.SetResult();

        Assert.Equal(Wire.Chunk("lf\n\n") + Wire.LastChunk, await client.ReadUntilAsync(Wire.LastChunk));
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Path, ChatBody.Unary)]
    [InlineData(Path, """{"model":"m","stream":false}""")]
    [InlineData("/v1/embeddings", ChatBody.Stream)]
    [InlineData("/v1/audio/speech", ChatBody.Stream)]
    public async Task AnswerInOnePiece_GetsNone(string path, string body)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            reached.SetResult();
            await _goOn.Task;
            await connection.SendAsync(Wire.Answer("200 OK", "{}"));
        });
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(path, body);
        await reached.Task.SoonAsync();

        for (int i = 0; i < 10; i++)
            _clock.Advance(KeepAliveClock.Interval);
        _goOn.SetResult();
        RawMessage answer = await RawMessage.ReadAsync(client);

        Assert.Equal((200, "{}", "vllm"), (answer.Status, answer.Body, answer.Header("x-owned-by")));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task StreamOfOtherBytesThanItsEvents_GetsNone()
    {
        const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        await using ScriptedEngine engine = StartEngine(Head, Wire.Chunk("encoded") + Wire.LastChunk);
        await using TestGateway gateway = await _clock.StartGatewayAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        string head = await client.ReadHeadAsync();

        for (int i = 0; i < 10; i++)
            _clock.Advance(KeepAliveClock.Interval);
        _goOn.SetResult();

        Assert.Equal("encoded", (await RawMessage.ReadBodyAsync(client, head)).Body);
        await gateway.SettlesAsync();
    }

    private ScriptedEngine StartEngine(string begin, string rest) => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        await connection.SendAsync(begin);
        await _goOn.Task;
        await connection.SendAsync(rest);
    });
}
