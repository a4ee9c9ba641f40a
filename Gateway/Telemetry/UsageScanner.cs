namespace Gateway.Telemetry;

/// <summary>
/// Finds out how many tokens an answer has while its bytes pass: from the last <c>usage</c> in its last 2 KiB, else by counting events.
/// Nothing is parsed but that one object, and the first event, where Anthropic's API tells the tokens of the prompt. Of a stream, whole lines
/// without a usage are not even kept: a stream that waits for its next token holds no buffer for it. Used again for each answer.
/// </summary>
internal sealed class UsageScanner
{
    private readonly StreamTail _tail = new();
    private EventCounter _events;
    private bool _isEventStream;
    private TokenUsage _first;
    private long _firstEventEnd;
    private long _neededTo;

    /// <summary>Events with data so far; 0 in an answer that is no stream of events.</summary>
    public long Events => _events.Events;

    public void Begin(bool isEventStream)
    {
        _isEventStream = isEventStream;
        _events = default;
        _first = default;
        _firstEventEnd = _neededTo = 0;
        _tail.Clear();
    }

    /// <summary>Lets go of what it has seen.</summary>
    public void Clear() => _tail.Clear();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (!_isEventStream)
        {
            _tail.Add(bytes);
            return;
        }

        if (_events.Events == 0)
            bytes = AddFirstEvent(bytes);
        if (bytes.IsEmpty)
            return;

        if (AreLinesWithoutUsage(bytes) && _tail.Length + bytes.Length >= _neededTo)
        {
            _tail.Skip(bytes.Length);
            return;
        }

        _tail.Add(bytes);
        _neededTo = _tail.Length + StreamTail.Size;
    }

    /// <summary>What is known once the answer has ended, or has been broken off.</summary>
    public TokenUsage Read()
    {
        int at = FindLast(out TokenUsage last);
        if (!_isEventStream)
            return last;

        // In a first event the engine can't know yet how long its answer will be.
        bool isLater = at >= 0 && _tail.Start + at >= _firstEventEnd;
        long? output = (isLater || _events.Events == 1 ? last.Output : null) ?? (_events.Events > 0 ? _events.Events : null);
        return new TokenUsage(last.Input ?? _first.Input, output, last.CachedInput ?? _first.CachedInput);
    }

    // Counts their events on the way.
    private bool AreLinesWithoutUsage(ReadOnlySpan<byte> bytes)
    {
        bool beganLine = _events.IsAtLineStart;
        _events.Add(bytes, untilEvent: false);
        return beganLine && _events.IsAtLineStart && !UsageReader.MayFind(bytes);
    }

    private ReadOnlySpan<byte> AddFirstEvent(ReadOnlySpan<byte> bytes)
    {
        int length = _events.Add(bytes, untilEvent: true);
        _tail.Add(bytes[..length]);
        if (_events.Events > 0)
        {
            if (FindLast(out _first) < 0)
                _tail.Skip(0);
            else
                _neededTo = _tail.Length + StreamTail.Size;
            _firstEventEnd = _tail.Length;
        }

        return bytes[length..];
    }

    private int FindLast(out TokenUsage usage)
    {
        if (!_tail.IsCutOff)
            return UsageReader.FindLast(_tail.Whole, _isEventStream ? UsageLines.Data : UsageLines.All, out usage);

        Span<byte> end = stackalloc byte[StreamTail.Size];
        _tail.CopyTo(end);
        return UsageReader.FindLast(end, _isEventStream ? UsageLines.DataAndCutOff : UsageLines.All, out usage);
    }
}
