namespace Gateway.Tests.EndToEnd;

/// <summary>Answers in one piece that break off: the client must see a broken body, or a proper error while nothing has been passed on.</summary>
public sealed class BrokenAnswerTests
{
    private const string Path = "/v1/chat/completions";
    private const string LongHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-engine-says: hello\r\nContent-Length: 1000\r\n\r\n";
    private const string ChunkedHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string UntilCloseHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task CutInTheMiddle_OfAKnownLength_IsShort(Farewell farewell)
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync(LongHead + "{\"part\":");
            connection.Leave(farewell);
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);

        Assert.Contains("\r\nContent-Length: 1000\r\n", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("{\"part\":", await client.ReadToEndAsync());
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task CutInTheMiddle_OfChunks_HasNoLastChunk(Farewell farewell)
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync(ChunkedHead + Wire.Chunk("{\"part\":"));
            connection.Leave(farewell);
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);

        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", await client.ReadHeadAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(Wire.Chunk("{\"part\":"), await client.ReadToEndAsync());
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnswerWithoutALength_EndsWithItsConnection()
    {
        await using var engine = new EngineGroup(1, async (connection, number) =>
        {
            await connection.SendAsync(UntilCloseHead + "{}");
            if (number == 1)
                connection.Dispose();
            else
                connection.Reset();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();

        using RawConnection whole = await RawConnection.OpenAsync(gateway.Url);
        await whole.PostAsync(Path, ChatBody.Unary);
        await whole.ReadUntilAsync(Wire.LastChunk);

        using RawConnection cut = await RawConnection.OpenAsync(gateway.Url);
        await cut.PostAsync(Path, ChatBody.Unary);
        Assert.DoesNotContain(Wire.LastChunk, await cut.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task CutBeforeAnyByteOfTheBody_IsAProperError(Farewell farewell)
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync(LongHead);
            connection.Leave(farewell);
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary, "x-request-id: mine\r\n");

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((502, "upstream_unreachable", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        Assert.Equal(("mine", null), (answer.Header("x-request-id"), answer.Header("x-engine-says")));

        // It was whole: the connection serves on.
        await client.PostAsync(Path, ChatBody.Unary);
        Assert.Equal(502, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("data: 1\n\n", true)]
    [InlineData("data: 1\n", false)]
    [InlineData("", true)]
    public async Task Http2Stream_GetsTheLastEventAndThenAReset(string sent, bool getsEvent)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            await connection.SendAsync(Wire.StreamHead + (sent.Length > 0 ? Wire.Chunk(sent) : ""));
            await broken.Task;
            connection.Reset();
        });
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}");
        using var client = new Http2Client(gateway.Url);

        using HttpResponseMessage answer = await client.PostAsync(Path, ChatBody.Stream, TestContext.Current.CancellationToken);
        var reader = new AnswerReader(answer);
        await reader.ReadUntilAsync(sent);
        broken.SetResult();
        (string text, Exception? failure) = await reader.ReadToEndAsync();

        Assert.StartsWith(sent, text, StringComparison.Ordinal);
        Assert.Equal(getsEvent, text.Contains("\"code\":\"upstream_disconnected\"", StringComparison.Ordinal));
        AssertIsInternalError(failure);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task Http2Answer_CutInTheMiddle_IsReset()
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync(LongHead + "{\"part\":");
            connection.Reset();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync("--Kestrel:Endpoints:h2:Url=http://127.0.0.1:0", "--Kestrel:Endpoints:h2:Protocols=Http2");
        using var client = new Http2Client(gateway.Url);

        using HttpResponseMessage answer = await client.PostAsync(Path, ChatBody.Unary, TestContext.Current.CancellationToken);

        (string text, Exception? failure) = await new AnswerReader(answer).ReadToEndAsync();
        Assert.Equal("{\"part\":", text);
        AssertIsInternalError(failure);
        await gateway.SettlesAsync();
    }

    // RFC 9113 §7: INTERNAL_ERROR.
    private static void AssertIsInternalError(Exception? failure)
    {
        while (failure is not null and not HttpProtocolException)
            failure = failure.InnerException;
        Assert.Equal(2, Assert.IsType<HttpProtocolException>(failure).ErrorCode);
    }
}
