using System.Buffers.Text;

namespace Gateway.Benchmarks.SideBySide.Http;

/// <summary>What matters here of the first lines of a request or an answer.</summary>
internal ref struct MessageHead
{
    public const string BehaviourHeader = "x-bench";

    /// <summary>The request line or the status line.</summary>
    public ReadOnlySpan<byte> FirstLine;

    /// <summary>The value of <see cref="BehaviourHeader"/>; empty if there is none.</summary>
    public ReadOnlySpan<byte> Behaviour;

    /// <summary>-1 when it isn't said.</summary>
    public long ContentLength;
    public bool IsChunked;
    public bool IsLast;

    /// <param name="head">From the first line to the empty one, which may be left out.</param>
    public static MessageHead Parse(ReadOnlySpan<byte> head)
    {
        var parsed = new MessageHead { ContentLength = -1 };
        int end = head.IndexOf("\r\n"u8);
        parsed.FirstLine = end < 0 ? head : head[..end];
        while (end >= 0)
        {
            head = head[(end + 2)..];
            end = head.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = end < 0 ? head : head[..end];
            if (line.IsEmpty)
                break;
            // Few lines begin like one that counts: the others cost one comparison.
            if ((line[0] | 0x20) is 'c' or 't' or 'x')
                parsed.Take(line);
        }

        return parsed;
    }

    private void Take(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        if (colon < 0)
            return;
        ReadOnlySpan<byte> name = line[..colon];
        ReadOnlySpan<byte> value = line[(colon + 1)..].Trim((byte)' ');
        if (Is(name, "content-length"u8))
            ContentLength = Utf8Parser.TryParse(value, out long length, out _) ? length : -1;
        else if (Is(name, "transfer-encoding"u8))
            IsChunked = Is(value, "chunked"u8);
        else if (Is(name, "connection"u8))
            IsLast = Is(value, "close"u8);
        else if (Is(name, "x-bench"u8))
            Behaviour = value;
    }

    private static bool Is(ReadOnlySpan<byte> actual, ReadOnlySpan<byte> lowerCase) =>
        actual.Length == lowerCase.Length && System.Text.Ascii.EqualsIgnoreCase(actual, lowerCase);
}
