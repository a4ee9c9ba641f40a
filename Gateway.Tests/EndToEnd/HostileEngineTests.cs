namespace Gateway.Tests.EndToEnd;

/// <summary>Engines that do not speak HTTP as they should: the client gets a clean answer, and never waits for ever.</summary>
public sealed class HostileEngineTests
{
    private const string Path = "/v1/chat/completions";
    private const int MiB = 1024 * 1024;
    private const string TooLarge = "{\"detail\":\"too large\"}";

    [Theory]
    [InlineData("hello\r\n\r\n")]
    [InlineData("\0\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\r\n\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("HTTP/1.1 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    public async Task Garbage_Is502(string garbage)
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync(garbage);
            connection.Leave(Farewell.HalfClose);
            await connection.ReadToEndAsync();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();

        await AssertUnreachableAsync(gateway);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("x-long: ")]
    [InlineData("")]
    public async Task HeadWithoutEnd_Is502(string begin)
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\n" + begin);
            string more = begin.Length > 0 ? new string('x', 1000) : $"x-many: {new string('x', 1000)}\r\n";
            while (true)
                await connection.SendAsync(more);
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();

        await AssertUnreachableAsync(gateway);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("zz\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    public async Task BrokenChunks_CutTheStreamWithAnEvent(string chunk)
    {
        var hasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync(Wire.StreamHead + Wire.Token("1"));
            await hasBegun.Task;
            await connection.SendAsync(chunk);
            await connection.ReadToEndAsync();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Stream);
        await client.ReadUntilAsync("data: 1\n\n\r\n");
        hasBegun.SetResult();
        string rest = await client.ReadToEndAsync();

        Assert.DoesNotContain(Wire.LastChunk, rest, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"upstream_disconnected\"", rest, StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task MoreBytesThanAnnounced_AreNotTakenForTheNextAnswer()
    {
        await using var engine = new EngineGroup(1, (connection, number) =>
            connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{number:00}{Wire.Answer("200 OK", "smuggled")}"));
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        for (int i = 1; i <= 3; i++)
        {
            await client.PostAsync(Path, ChatBody.Unary);
            Assert.Equal($"{i:00}", (await RawMessage.ReadAsync(client)).Body);
        }

        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task InterimAnswers_AreNotTheAnswer()
    {
        await using var engine = new EngineGroup(1, (connection, _) => connection.SendAsync(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + Wire.Answer("200 OK", "{}")));
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);

        Assert.Equal((200, "{}"), await RawMessage.ReadAsync(client) is var answer ? (answer.Status, answer.Body) : default);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(1_000, true, true)]
    [InlineData(1_000, true, false)]
    [InlineData(500_000, true, false)]
    [InlineData(8_000_000, true, false)]
    [InlineData(8_000_000, false, false)]
    [InlineData(8_000_000, true, true)]
    [InlineData(8_000_000, false, true)]
    public async Task RefusalInTheMiddleOfAnUpload_IsAnsweredCleanly(int length, bool modelFirst, bool readsToTheEnd)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            if (readsToTheEnd)
                await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            await connection.SendAsync(Wire.Answer("413 Content Too Large", TooLarge, "Connection: close\r\n"));
            connection.Dispose();
        });
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = modelFirst ? ChatBody.ModelFirst(length) : ChatBody.ModelLast(length);

        Task sending = client.SendAsync(Wire.RequestHead(body.Length) + body);
        RawMessage answer = await RawMessage.ReadAsync(client);

        // What the engine said is lost when the reset that follows overtakes it; the client is told so.
        if (readsToTheEnd || answer.Status == 413)
            Assert.Equal((413, TooLarge), (answer.Status, answer.Body));
        else
            Assert.Equal((502, "upstream_unreachable", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        await sending.SoonAsync();
        await gateway.SettlesAsync();
    }

    private static async Task AssertUnreachableAsync(TestGateway gateway)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Unary);
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((502, "upstream_unreachable", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
    }
}
