using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>A streamed answer: each token must be the engine's, byte for byte, in its order, and [DONE] the end.</summary>
internal sealed class StreamReply(Request request, LoadTally tally) : IReply
{
    private readonly byte[] _expected = TokenEvent.Create();
    private readonly byte[] _held = new byte[TokenEvent.Length];
    private int _heldLength;
    private int _next;
    private long _due;
    private bool _done;
    private string? _wrong;

    public void Begin(long number, long due)
    {
        Digits.Write(_expected.AsSpan()[TokenEvent.Number], number);
        _heldLength = 0;
        _next = 0;
        _due = due;
        _done = false;
        _wrong = null;
    }

    public void Take(ReadOnlySpan<byte> body)
    {
        long now = MonotonicClock.Now;
        while (!body.IsEmpty && _wrong is null)
        {
            int wanted = _next < request.Tokens ? TokenEvent.Length : TokenEvent.Done.Length;
            if (_heldLength == 0 && body.Length >= wanted)
            {
                TakeEvent(body[..wanted], now);
                body = body[wanted..];
                continue;
            }

            int length = Math.Min(body.Length, wanted - _heldLength);
            body[..length].CopyTo(_held.AsSpan(_heldLength));
            _heldLength += length;
            body = body[length..];
            if (_heldLength < wanted)
                continue;
            _heldLength = 0;
            TakeEvent(_held.AsSpan(0, wanted), now);
        }
    }

    public string? End() => _wrong ?? (_done ? null : $"a stream that ended after {_next} tokens");

    private void TakeEvent(ReadOnlySpan<byte> received, long now)
    {
        if (_next == request.Tokens)
        {
            if (_done || !received.SequenceEqual(TokenEvent.Done))
                _wrong = "something else instead of [DONE]";
            _done = true;
            return;
        }

        Span<byte> expected = _expected;
        received[TokenEvent.Sent].CopyTo(expected[TokenEvent.Sent]);
        Digits.Write(expected[TokenEvent.Token], _next);
        if (!received.SequenceEqual(expected))
        {
            _wrong = $"another token in the place of token {_next}";
            return;
        }

        if (_next++ == 0)
            tally.FirstTokenTimes.Add(now - _due);
        tally.Tokens++;
        tally.TokenTimes.Add(now - Digits.Read(received[TokenEvent.Sent]));
    }
}
