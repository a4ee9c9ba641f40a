using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Engine;

/// <summary>The streamed answer of one connection: tokens at their times, or as fast as they are taken.</summary>
internal sealed class TokenStream(EventLoop loop, SendQueue queue, EngineConnection connection) : ITimerHandler
{
    private byte[] _buffer = [];
    private int _filledBursts;
    private Behaviour _behaviour;
    private int _next;
    private long _due;
    private bool _headSent;
    private bool _lastQueued;
    private bool _waits;

    public bool IsRunning { get; private set; }

    public void Start(Behaviour behaviour)
    {
        _behaviour = behaviour;
        _next = 0;
        _headSent = false;
        _lastQueued = false;
        IsRunning = true;
        PrepareBuffer();
        _due = MonotonicClock.Now;
        SendBurst();
    }

    /// <summary>The queue is empty again.</summary>
    public void Continue()
    {
        if (_lastQueued)
        {
            IsRunning = false;
            connection.AfterSend(alive: true);
            return;
        }

        if (_waits || (_next == _behaviour.Tokens && _behaviour.Holds))
            return;
        // Also without a gap the other connections come first.
        _waits = true;
        _due += _behaviour.Gap;
        loop.CallAt(_behaviour.Gap == 0 ? MonotonicClock.Now : _due, this);
    }

    public void OnTimer(long due)
    {
        _waits = false;
        if (IsRunning)
            SendBurst();
    }

    public void Stop() => IsRunning = false;

    private void SendBurst()
    {
        int tokens = Math.Min(_behaviour.Burst, _behaviour.Tokens - _next);
        int start = _headSent ? TokenEvent.Head.Length : 0;
        long now = MonotonicClock.Now;
        int at = TokenEvent.Head.Length;
        for (int i = 0; i < tokens; i++, at += TokenEvent.Chunk.Length)
        {
            Span<byte> token = _buffer.AsSpan(at + TokenEvent.StartInChunk, TokenEvent.Length);
            Digits.Write(token[TokenEvent.Sent], now);
            Digits.Write(token[TokenEvent.Token], _next++);
        }

        if (_next == _behaviour.Tokens && !_behaviour.Holds)
        {
            // The place after a full burst is always free; after a short one it holds a token that isn't needed any more.
            TokenEvent.LastChunks.CopyTo(_buffer.AsSpan(at));
            at += TokenEvent.LastChunks.Length;
            _lastQueued = true;
            _filledBursts = 0;
        }

        _headSent = true;
        connection.AfterSend(queue.Send(_buffer, start, at, moreFollows: false));
    }

    /// <summary>The head, then room for one burst, all but the changing slots written once a stream.</summary>
    private void PrepareBuffer()
    {
        byte[] chunk = TokenEvent.Chunk;
        int length = TokenEvent.Head.Length + (_behaviour.Burst * chunk.Length) + TokenEvent.LastChunks.Length;
        if (_buffer.Length < length)
            _buffer = new byte[length];
        if (_filledBursts < _behaviour.Burst)
        {
            TokenEvent.Head.CopyTo(_buffer);
            for (int i = 0; i < _behaviour.Burst; i++)
                chunk.CopyTo(_buffer, TokenEvent.Head.Length + (i * chunk.Length));
            _filledBursts = _behaviour.Burst;
        }

        for (int i = 0; i < _behaviour.Burst; i++)
            Digits.Write(_buffer.AsSpan(TokenEvent.Head.Length + (i * chunk.Length) + TokenEvent.StartInChunk)[TokenEvent.Number], _behaviour.Number);
    }
}
