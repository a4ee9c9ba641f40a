using System.Runtime.CompilerServices;

namespace Gateway.Telemetry;

/// <summary>
/// Counts the server-sent events that carry data as their bytes pass in pieces; <c>[DONE]</c> is none of them. Lines are found with the
/// vector search of <c>IndexOfAny</c>, and only their first bytes are looked at.
/// </summary>
internal struct EventCounter
{
    private Head _head;
    private int _headLength;
    private bool _endedWithCr;
    private bool _hasData;

    private static ReadOnlySpan<byte> Field => "data:"u8;

    private static ReadOnlySpan<byte> Done => "[DONE]"u8;

    public long Events { get; private set; }

    /// <summary>Whether the next byte begins a line, or ends the last one's CRLF.</summary>
    public readonly bool IsAtLineStart => _headLength == 0;

    /// <param name="bytes">The next piece of the stream.</param>
    /// <param name="untilEvent">Whether to stop behind the first event that carries data.</param>
    /// <returns>How many bytes were looked at.</returns>
    public int Add(ReadOnlySpan<byte> bytes, bool untilEvent)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            // The second half of a CRLF, wherever the pieces are cut.
            bool endedWithCr = _endedWithCr;
            _endedWithCr = false;
            if (endedWithCr && bytes[at] == '\n')
            {
                at++;
                continue;
            }

            ReadOnlySpan<byte> rest = bytes[at..];
            int length = rest.IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0)
            {
                Keep(rest);
                return bytes.Length;
            }

            at += length + 1;
            _endedWithCr = rest[length] == '\r';
            if (EndLine(rest[..length]) && untilEvent)
                return at;
        }

        return at;
    }

    private bool EndLine(scoped ReadOnlySpan<byte> line)
    {
        if (_headLength > 0)
        {
            Keep(line);
            line = ((ReadOnlySpan<byte>)_head)[.._headLength];
            _headLength = 0;
        }

        if (!line.IsEmpty)
        {
            _hasData |= line.StartsWith(Field) && !line[Field.Length..].TrimStart((byte)' ').SequenceEqual(Done);
            return false;
        }

        bool ended = _hasData;
        Events += ended ? 1 : 0;
        _hasData = false;
        return ended;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        int taken = Math.Min(bytes.Length, Head.Size - _headLength);
        bytes[..taken].CopyTo(((Span<byte>)_head)[_headLength..]);
        _headLength += taken;
    }

    // The beginning of a line that came in pieces: enough to tell "data: [DONE]" from a longer line.
    [InlineArray(Size)]
    private struct Head
    {
        public const int Size = 16;

        private byte _first;
    }
}
