namespace Gateway.Benchmarks.SideBySide.Http;

/// <summary>Finds the bytes of a body and its end, whatever framing it came in and wherever the network cut it.</summary>
internal struct BodyDecoder
{
    private long _remaining;
    private State _state;

    private enum State
    {
        Complete,
        Fixed,
        UntilClose,
        Size,
        Extension,
        SizeEnd,
        Chunk,
        ChunkReturn,
        ChunkEnd,
        TrailerStart,
        TrailerLine,
        LastReturn,
        Malformed,
    }

    public readonly bool IsComplete => _state == State.Complete;
    public readonly bool IsMalformed => _state == State.Malformed;

    /// <summary>Whether the end of the connection is the end of the body too.</summary>
    public readonly bool EndsByClose => _state == State.UntilClose;

    public static BodyDecoder Begin(in MessageHead head, bool isRequest)
    {
        if (head.IsChunked)
            return new BodyDecoder { _state = State.Size };
        if (head.ContentLength >= 0)
            return new BodyDecoder { _state = head.ContentLength == 0 ? State.Complete : State.Fixed, _remaining = head.ContentLength };
        return new BodyDecoder { _state = isRequest ? State.Complete : State.UntilClose };
    }

    /// <summary>Takes bytes from <paramref name="input"/> until some of the body are found or nothing is left.</summary>
    /// <returns>How many were taken.</returns>
    public int Next(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> body)
    {
        body = default;
        int at = 0;
        while (at < input.Length && _state is not (State.Complete or State.Malformed))
        {
            if (_state is State.Fixed or State.Chunk or State.UntilClose)
            {
                body = TakeBody(input[at..]);
                return at + body.Length;
            }

            TakeFraming(input[at++]);
        }

        return at;
    }

    private ReadOnlySpan<byte> TakeBody(ReadOnlySpan<byte> input)
    {
        if (_state == State.UntilClose)
            return input;
        int length = (int)Math.Min(input.Length, _remaining);
        _remaining -= length;
        if (_remaining == 0)
            _state = _state == State.Fixed ? State.Complete : State.ChunkReturn;
        return input[..length];
    }

    private void TakeFraming(byte next) => _state = _state switch
    {
        State.Size when next == '\r' => State.SizeEnd,
        State.Size when next is (byte)';' or (byte)' ' => State.Extension,
        State.Size => TakeDigit(next),
        State.Extension => next == '\r' ? State.SizeEnd : State.Extension,
        State.SizeEnd when next == '\n' => _remaining == 0 ? State.TrailerStart : State.Chunk,
        State.ChunkReturn when next == '\r' => State.ChunkEnd,
        State.ChunkEnd when next == '\n' => State.Size,
        State.TrailerStart => next == '\r' ? State.LastReturn : State.TrailerLine,
        State.TrailerLine => next == '\n' ? State.TrailerStart : State.TrailerLine,
        State.LastReturn when next == '\n' => State.Complete,
        _ => State.Malformed,
    };

    private State TakeDigit(byte next)
    {
        int digit = next switch
        {
            >= (byte)'0' and <= (byte)'9' => next - '0',
            >= (byte)'a' and <= (byte)'f' => next - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => next - 'A' + 10,
            _ => -1,
        };
        if (digit < 0 || _remaining > int.MaxValue)
            return State.Malformed;
        _remaining = (_remaining * 16) + digit;
        return State.Size;
    }
}
