using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Tests.Hosting;

public sealed class AnnounceCloseTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken TestEnds => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnHttp1_TheAnswerSaysCloseAndTheConnectionEnds()
    {
        await using DrainingServer server = await DrainingServer.StartAsync(HttpProtocols.Http1, TestEnds);
        await using NetworkStream client = await server.ConnectAsync(TestEnds);
        byte[] request = "GET / HTTP/1.1\r\nHost: gateway\r\n\r\n"u8.ToArray();

        await client.WriteAsync(request, TestEnds);
        Assert.DoesNotContain("Connection: close", await ReadAsync(client, until: "0\r\n\r\n"), StringComparison.Ordinal);

        server.Drain.BeginDraining();
        await client.WriteAsync(request, TestEnds);
        string answer = await ReadAsync(client, until: null);

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("0\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnHttp2_GoAwayFollowsAndTheAnswerIsWhole()
    {
        const byte endOfStream = 0x1;
        await using DrainingServer server = await DrainingServer.StartAsync(HttpProtocols.Http2, TestEnds);
        await using NetworkStream client = await server.ConnectAsync(TestEnds);
        await client.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), TestEnds);
        await client.WriteAsync(Frame(FrameType.Settings, flags: 0, stream: 0, []), TestEnds);

        await client.WriteAsync(GetRequest(stream: 1), TestEnds);
        List<ReceivedFrame> before = await ReadFramesAsync(client, last: frame => frame.Stream == 1 && (frame.Flags & endOfStream) != 0);
        Assert.DoesNotContain(before, frame => frame.Type == FrameType.GoAway);

        server.Drain.BeginDraining();
        await client.WriteAsync(GetRequest(stream: 3), TestEnds);
        List<ReceivedFrame> after = await ReadFramesAsync(client, last: _ => false);

        Assert.Contains(after, frame => frame.Type == FrameType.Data && frame.Stream == 3 && Encoding.ASCII.GetString(frame.Payload) == "begun");
        Assert.Contains(after, frame => frame.Stream == 3 && (frame.Flags & endOfStream) != 0);

        // RFC 9113 §6.8: last stream, then the error code; 0 is NO_ERROR.
        ReceivedFrame goAway = after.Last(frame => frame.Type == FrameType.GoAway);
        Assert.Equal(3, BinaryPrimitives.ReadInt32BigEndian(goAway.Payload));
        Assert.Equal(0, BinaryPrimitives.ReadInt32BigEndian(goAway.Payload.AsSpan(4)));
    }

    private static async Task<string> ReadAsync(NetworkStream client, string? until)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (until is null || !text.ToString().EndsWith(until, StringComparison.Ordinal))
        {
            int read = await client.ReadAsync(buffer, TestEnds).AsTask().WaitAsync(Bound, TestEnds);
            if (read == 0)
                break;
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static async Task<List<ReceivedFrame>> ReadFramesAsync(NetworkStream client, Func<ReceivedFrame, bool> last)
    {
        var frames = new List<ReceivedFrame>();
        var head = new byte[9];
        while (await client.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, TestEnds).AsTask().WaitAsync(Bound, TestEnds) == head.Length)
        {
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await client.ReadExactlyAsync(payload, TestEnds);
            var frame = new ReceivedFrame((FrameType)head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
            frames.Add(frame);
            if (last(frame))
                break;
        }

        return frames;
    }

    private static byte[] GetRequest(byte stream)
    {
        const byte endOfStreamAndHeaders = 0x5;

        // HPACK (RFC 7541): indexed :method GET, :scheme http, :path /; then :authority as a literal with an indexed name.
        byte[] headers = [0x82, 0x86, 0x84, 0x01, 7, .. "gateway"u8];
        return Frame(FrameType.Headers, endOfStreamAndHeaders, stream, headers);
    }

    private static byte[] Frame(FrameType type, byte flags, byte stream, byte[] payload) =>
        [0, 0, (byte)payload.Length, (byte)type, flags, 0, 0, 0, stream, .. payload];

    private enum FrameType : byte
    {
        Data = 0,
        Headers = 1,
        Settings = 4,
        GoAway = 7,
    }

    private sealed record ReceivedFrame(FrameType Type, byte Flags, int Stream, byte[] Payload);
}
