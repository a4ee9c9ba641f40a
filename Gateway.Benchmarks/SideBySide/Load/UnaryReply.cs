using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>An answer in one piece: must be what the engine sends, byte for byte, for this request and no other.</summary>
internal sealed class UnaryReply(Request request) : IReply
{
    private readonly byte[] _expected = UnaryAnswer.CreateBody();
    private readonly byte[] _received = new byte[UnaryAnswer.BodyLength];
    private int _length;

    public void Begin(long number, long due)
    {
        _length = 0;
        Digits.Write(_expected.AsSpan()[UnaryAnswer.Number], number);
    }

    public void Take(ReadOnlySpan<byte> body)
    {
        if (_length + body.Length <= _received.Length)
            body.CopyTo(_received.AsSpan(_length));
        _length += body.Length;
    }

    public string? End()
    {
        if (_length != _received.Length)
            return $"an answer of {_length} bytes";
        Span<byte> received = _received;
        if (!request.Body.Matches(Digits.Read(received[UnaryAnswer.Bytes]), Digits.Read(received[UnaryAnswer.Sum])))
            return "the engine got another body";
        received[UnaryAnswer.Bytes].CopyTo(_expected.AsSpan()[UnaryAnswer.Bytes]);
        received[UnaryAnswer.Sum].CopyTo(_expected.AsSpan()[UnaryAnswer.Sum]);
        return received.SequenceEqual(_expected) ? null : "another answer";
    }
}
