using System.Net.Sockets;

namespace Gateway.Tests.EndToEnd;

/// <summary>An engine that ends in the middle of its answer: what it has said still reaches the client, and the cut stays a cut.</summary>
public sealed class CutAnswerTests
{
    private const string Chunked = "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked";
    private const string WithLength = "Content-Type: application/json\r\nContent-Length: 100";

    // What arrives together with the end of the connection is what can get lost: it takes a few tries for them to meet.
    private const int Tries = 50;

    [Theory]
    [InlineData(Chunked, "b\r\ndata: one\n\n\r\n", "b\r\ndata: two\n\n\r\n5\r\ndata:\r\n")]
    [InlineData(Chunked, "b\r\ndata: one\n\n\r\n", "10\r\ndata: two\n\ndata:\r\n")]
    [InlineData(Chunked, "b\r\ndata: one\n\n\r\n", "ff\r\ndata: two\n\ndata:")]
    [InlineData(WithLength, "{\"id\":1,", "\"choices\":[")]
    public async Task EverythingThatCame_IsPassedOn_AndNothingSaysThatItIsComplete(string fields, string first, string rest)
    {
        using var hasFirst = new SemaphoreSlim(0);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (gateway, head) =>
        {
            await gateway.ReadAsync(ScriptedEngine.LengthOf(head));
            await gateway.SendAsync($"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{first}");
            await hasFirst.WaitAsync(TestContext.Current.CancellationToken);
            await gateway.SendAsync(rest);
            gateway.Socket.Shutdown(SocketShutdown.Send);
        });
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        for (int i = 0; i < Tries; i++)
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            await client.PostAsync("/v1/chat/completions", """{"model":"m"}""");
            Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
            Assert.Equal(first, await client.ReadAsync(first.Length));
            hasFirst.Release();
            string body = await client.ReadToEndAsync();

            // The gateway may cut its chunks anew.
            Assert.Equal(Wire.WithoutFraming(rest), Wire.WithoutFraming(body));
            Assert.DoesNotContain(Wire.LastChunk, body, StringComparison.Ordinal);
        }

        await TestTime.UntilAsync(() => gateway.InFlight == 0, "no request in flight");
    }
}
