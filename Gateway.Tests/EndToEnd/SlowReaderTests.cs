using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>A client that reads slowly slows its engine down; the gateway does not gather what lies between.</summary>
public sealed class SlowReaderTests
{
    // The buffers of four sockets on the way take up to 6 MiB each; a gateway that reads on would take this much in a moment.
    private const long MoreThanAnyBuffer = 256L * 1024 * 1024;

    [Theory]
    [InlineData("Transfer-Encoding: chunked\r\n")]
    [InlineData("Content-Length: 1000000000000\r\n")]
    public async Task ClientThatDoesNotRead_StopsTheEngine_AndItsLeavingReleasesIt(string framing)
    {
        var blocked = new TaskCompletionSource();
        var ended = new TaskCompletionSource<long>();
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{framing}\r\n");
            byte[] piece = Encoding.ASCII.GetBytes($"8000\r\n{new string('x', 0x8000)}\r\n");
            long written = 0;
            try
            {
                for (; written < MoreThanAnyBuffer; written += piece.Length)
                {
                    Task sending = connection.SendAsync(piece);

                    // Only decides when the client leaves: taken for blocked too early, the engine just writes on.
                    if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(300))) != sending)
                        blocked.TrySetResult();
                    await sending;
                }
            }
            finally
            {
                ended.SetResult(written);
            }
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using (RawConnection client = await RawConnection.OpenAsync(gateway.Url))
        {
            await client.PostAsync("/v1/chat/completions", """{"model":"m","stream":true}""");
            Assert.Same(blocked.Task, await Task.WhenAny(blocked.Task, ended.Task).SoonAsync());
            Assert.Equal(1, gateway.InFlight);
        }

        Assert.InRange(await ended.Task.SoonAsync(), 1, MoreThanAnyBuffer - 1);
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task ClientThatReadsAgain_GetsEveryByte()
    {
        const int Pieces = 1000;
        string body = string.Concat(Enumerable.Range(0, Pieces).Select(i => $"{i:d8}{new string((char)('a' + (i % 26)), 32_760)}"));
        var sent = new TaskCompletionSource();
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            Task sending = connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(300)));
            sent.SetResult();
            await sending;
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/audio/speech", """{"model":"m"}""");
        await sent.Task.SoonAsync();
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.True(body == answer.Body, $"{answer.Body.Length} bytes came, or others than were sent.");
        await gateway.AssertIdleAsync();
    }
}
