using System.Globalization;

namespace Gateway.Tests.EndToEnd;

/// <summary>Nothing of a stream is held back: what an engine has sent is with the client before the engine sends more.</summary>
public sealed class StreamTimingTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string Body = """{"model":"m","stream":true}""";

    [Theory]
    [InlineData("Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Content-Type: text/event-stream\r\nConnection: close\r\n")]
    public async Task HeadAndEachEvent_ReachTheClientBeforeTheEngineGoesOn(string fields)
    {
        using var seen = new SemaphoreSlim(0);
        bool chunked = fields.Contains("chunked", StringComparison.Ordinal);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\n{fields}\r\n");
            for (int i = 0; i < 10; i++)
            {
                Assert.True(await seen.WaitAsync(TestTime.Generous));
                await connection.SendAsync(chunked ? Chunk($"data: {i}\n\n") : $"data: {i}\n\n");
            }

            if (chunked)
                await connection.SendAsync("0\r\n\r\n");
            else
                connection.Dispose();
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", Body);
        Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadHeadAsync());
        for (int i = 0; i < 10; i++)
        {
            seen.Release();
            Assert.Equal(Chunk($"data: {i}\n\n"), await client.ReadUntilAsync("\n\n\r\n"));
        }

        Assert.Equal("0\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task PieceOfAnAnswerWithALength_ReachesTheClientBeforeTheEngineGoesOn()
    {
        using var seen = new SemaphoreSlim(0);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 10\r\n\r\n");
            for (int i = 0; i < 10; i++)
            {
                await connection.SendAsync($"{i}");
                Assert.True(await seen.WaitAsync(TestTime.Generous));
            }
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/audio/speech", Body);
        await client.ReadHeadAsync();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal($"{i}", await client.ReadAsync(1));
            seen.Release();
        }

        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(40_000)]
    public async Task BurstOfEvents_ArrivesComplete(int padding)
    {
        string[] events = [.. Enumerable.Range(0, 200).Select(i => $"data: {i} {new string('x', padding)}\n\n")];
        await using CapturingEngine engine = CapturingEngine.Start(Head + string.Concat(events.Select(Chunk)) + "0\r\n\r\n");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", Body);
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.True(string.Concat(events) == answer.Body, $"{answer.Body.Length} bytes came, or others than were sent.");
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task EventInThreePackets_ReachesTheClientPieceByPiece()
    {
        using var seen = new SemaphoreSlim(0);
        string[] pieces = ["data: {\"a\":", "\"\u00c3", "\u00a9\"}\n\n"];
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);

            // One chunk, whose end is not there before the client has seen its beginning; a letter comes apart, too.
            await connection.SendAsync(Head + $"{pieces.Sum(piece => piece.Length):x}\r\n");
            foreach (string piece in pieces)
            {
                await connection.SendAsync(piece);
                Assert.True(await seen.WaitAsync(TestTime.Generous));
            }

            await connection.SendAsync("\r\n0\r\n\r\n");
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", Body);
        await client.ReadHeadAsync();
        foreach (string piece in pieces)
        {
            Assert.Equal(Chunk(piece), await client.ReadAsync(Chunk(piece).Length));
            seen.Release();
        }

        Assert.Equal("0\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        await gateway.AssertIdleAsync();
    }

    private static string Chunk(string text) => string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n");
}
