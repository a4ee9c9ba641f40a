using System.Buffers.Binary;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>An HTTP/2 client that sends what no honest library would.</summary>
internal sealed class RawHttp2Connection : IDisposable
{
    private const byte Data = 0, Headers = 1, RstStream = 3, Settings = 4, GoAway = 7;
    private const byte EndStream = 1, EndHeaders = 4;

    private readonly RawConnection _connection;

    private RawHttp2Connection(RawConnection connection) => _connection = connection;

    public static async Task<RawHttp2Connection> OpenAsync(Uri url, params byte[] settings)
    {
        var client = new RawHttp2Connection(await RawConnection.OpenAsync(url));
        await client._connection.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        await client.SendFrameAsync(Settings, 0, 0, settings);
        return client;
    }

    /// <summary>A POST on the connection's first stream; fields as they are given, the pseudo-fields among them.</summary>
    public async Task PostAsync(string body, params (string Name, string Value)[] fields)
    {
        // RFC 7541 §6.2.2: literals without indexing and without Huffman, the plainest form there is.
        var block = new List<byte>();
        foreach ((string name, string value) in fields)
        {
            block.Add(0);
            AddString(block, name);
            AddString(block, value);
        }

        await SendFrameAsync(Headers, EndHeaders, 1, [.. block]);
        await SendFrameAsync(Data, EndStream, 1, Encoding.UTF8.GetBytes(body));
    }

    /// <summary>The status of the answer to the first stream; 0 when the stream or the connection is ended instead.</summary>
    public async Task<int> ReadStatusAsync()
    {
        while (true)
        {
            byte[] head = Encoding.Latin1.GetBytes(await _connection.ReadAsync(9));
            byte[] payload = Encoding.Latin1.GetBytes(await _connection.ReadAsync((head[0] << 16) | (head[1] << 8) | head[2]));
            switch (head[3])
            {
                case RstStream or GoAway:
                    return 0;
                case Headers:
                    return StatusOf(payload);
            }
        }
    }

    public void Dispose() => _connection.Dispose();

    // RFC 7541, appendix A: the fields that the static table holds whole; others stand there as digits.
    private static int StatusOf(byte[] block) => block[0] switch
    {
        0x88 => 200,
        0x8C => 400,
        0x8D => 404,
        0x8E => 500,
        _ => int.Parse(Encoding.ASCII.GetString(block).AsSpan(block.AsSpan().IndexOf((byte)3) + 1, 3)),
    };

    private static void AddString(List<byte> block, string text)
    {
        Assert.InRange(text.Length, 0, 126);
        block.Add((byte)text.Length);
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private Task SendFrameAsync(byte type, byte flags, int stream, byte[] payload)
    {
        byte[] frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, (payload.Length << 8) | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return _connection.SendAsync(frame);
    }
}
