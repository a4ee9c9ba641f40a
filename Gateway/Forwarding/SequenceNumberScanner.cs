namespace Gateway.Forwarding;

/// <summary>
/// Finds the last <c>"sequence_number"</c> in a stream of <c>/v1/responses</c> events as it passes in pieces, so that an event added at its end
/// carries the next one.
/// </summary>
internal struct SequenceNumberScanner
{
    private const int MaxDigits = 10;

    private static ReadOnlySpan<byte> Name => "\"sequence_number\":"u8;

    private int _matched;
    private long _number;
    private int _digits;
    private long _last;

    public SequenceNumberScanner()
    {
        _last = -1;
    }

    /// <summary>The number that the next event would have; 0 in a stream without any.</summary>
    public readonly long Next => (_digits > 0 ? _number : _last) + 1;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            // Most bytes are passed over at full speed: the name begins with the only sign that has to be looked for.
            if (_matched == 0)
            {
                int quote = bytes[at..].IndexOf(Name[0]);
                if (quote < 0)
                    return;
                at += quote;
            }

            Take(bytes[at++]);
        }
    }

    private void Take(byte value)
    {
        if (_matched < Name.Length)
        {
            _matched = value == Name[_matched] ? _matched + 1 : value == Name[0] ? 1 : 0;
        }
        else if (value is >= (byte)'0' and <= (byte)'9' && _digits < MaxDigits)
        {
            _number = (_number * 10) + (value - '0');
            _digits++;
        }
        else if (_digits > 0 || value != ' ')
        {
            if (_digits > 0)
                _last = _number;
            _number = _digits = 0;
            _matched = value == Name[0] ? 1 : 0;
        }
    }
}
