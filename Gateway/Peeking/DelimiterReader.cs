using System.Buffers;

namespace Gateway.Peeking;

/// <summary>
/// Walks a multipart body from one delimiter line to the next (RFC 2046 §5.1.1). It must find every line that some engine takes for a
/// delimiter; a line on which parsers disagree makes the body invalid. Each byte is looked at a bounded number of times, whatever they are.
/// </summary>
internal ref struct DelimiterReader(in ReadOnlySequence<byte> body, ReadOnlySpan<byte> dashBoundary)
{
    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    private readonly ReadOnlySpan<byte> _dashBoundary = dashBoundary;
    private SequenceReader<byte> _reader = new(body);
    private bool _isInPreamble = true;

    // The two bytes before the reader's position: they decide whether it stands at the start of a line.
    private byte _beforeLast;
    private byte _last;

    /// <summary>Where the delimiter's own <c>--boundary</c> begins.</summary>
    public SequencePosition Start { get; private set; }

    public long StartOffset { get; private set; }

    /// <summary>The first byte behind the delimiter's line.</summary>
    public SequencePosition NextLine { get; private set; }

    public long NextLineOffset { get; private set; }

    public bool IsClosing { get; private set; }

    /// <summary>What is wrong with the body, once <see cref="TryRead"/> has returned false.</summary>
    public string Problem { get; private set; } = "";

    public bool TryRead()
    {
        while (TryFindBoundary())
        {
            bool isFirst = _reader.Consumed == 0;
            if (isFirst || (_beforeLast == CarriageReturn && _last == LineFeed))
                return TryReadLine();
            if (_last is CarriageReturn or LineFeed)
                return Fail("The lines of the multipart body must end with CR LF; before a boundary there is only one of the two.");

            // python-multipart, which most engines use, may take it for a delimiter in the middle of a line too.
            if (_isInPreamble)
                return Fail("The first boundary of the multipart body must stand at the start of a line.");
            SkipBoundary();
        }

        return Fail(_isInPreamble
            ? "The multipart body does not contain the boundary that its Content-Type names."
            : "The multipart body ends without its closing delimiter '--boundary--'.");
    }

    private bool TryReadLine()
    {
        Start = _reader.Position;
        StartOffset = _reader.Consumed;
        _isInPreamble = false;
        SkipBoundary();
        IsClosing = _reader.IsNext("--"u8, advancePast: true);
        _reader.AdvancePastAny((byte)' ', (byte)'\t');
        bool endsWithLine = _reader.IsNext("\r\n"u8, advancePast: true);
        if (!endsWithLine && !(IsClosing && _reader.End))
            return Fail("A line of the multipart body starts with the boundary but goes on behind it; it must end there, with CR LF.");

        _beforeLast = CarriageReturn;
        _last = LineFeed;
        NextLine = _reader.Position;
        NextLineOffset = _reader.Consumed;
        return true;
    }

    /// <summary>Moves to the next <c>--boundary</c>, at the start of a line or not.</summary>
    private bool TryFindBoundary()
    {
        while (!_reader.End)
        {
            ReadOnlySpan<byte> segment = _reader.UnreadSpan;
            int found = segment.IndexOf(_dashBoundary);
            if (found >= 0)
            {
                Skip(found);
                return true;
            }

            int tail = Math.Min(segment.Length, _dashBoundary.Length - 1);
            Skip(segment.Length - tail);
            if (TryFindBeginning(tail))
                return true;
        }

        return false;
    }

    /// <summary>Moves to a boundary that begins in the last bytes of a segment, or past them.</summary>
    private bool TryFindBeginning(int tail)
    {
        while (tail > 0)
        {
            int dash = _reader.UnreadSpan.IndexOf((byte)'-');
            if (dash < 0)
            {
                Skip(tail);
                return false;
            }

            Skip(dash);
            if (_reader.IsNext(_dashBoundary))
                return true;
            Skip(1);
            tail -= dash + 1;
        }

        return false;
    }

    /// <summary>Moves on inside the segment.</summary>
    private void Skip(int count)
    {
        if (count == 0)
            return;
        ReadOnlySpan<byte> segment = _reader.UnreadSpan;
        _beforeLast = count == 1 ? _last : segment[count - 2];
        _last = segment[count - 1];
        _reader.Advance(count);
    }

    // No delimiter begins inside a boundary, since that contains no line end.
    private void SkipBoundary()
    {
        _beforeLast = _dashBoundary[^2];
        _last = _dashBoundary[^1];
        _reader.Advance(_dashBoundary.Length);
    }

    private bool Fail(string problem)
    {
        Problem = problem;
        return false;
    }
}
