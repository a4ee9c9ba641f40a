namespace Gateway.Peeking;

/// <summary>Reads the <c>name=value</c> pairs of a raw query string one by one, where they stand and as they are encoded.</summary>
/// <param name="query">Empty, or with its question mark.</param>
internal ref struct QueryPairs(ReadOnlySpan<char> query)
{
    private readonly ReadOnlySpan<char> _query = query;
    private int _next = 1;
    private int _nameEnd;

    /// <summary>Where the pair begins in the query.</summary>
    public int Start { get; private set; }

    /// <summary>Where it ends: before the next ampersand.</summary>
    public int End { get; private set; }

    /// <summary>Where its value begins: equal to <see cref="End"/> when it has none.</summary>
    public readonly int ValueStart => Math.Min(_nameEnd + 1, End);

    public bool TryRead()
    {
        if (_next > _query.Length)
            return false;

        Start = _next;
        int length = _query[Start..].IndexOf('&');
        End = length < 0 ? _query.Length : Start + length;
        _next = End + 1;
        int nameLength = _query[Start..End].IndexOf('=');
        _nameEnd = nameLength < 0 ? End : Start + nameLength;
        return true;
    }

    /// <summary>Whether the pair's name, decoded, is <paramref name="name"/>.</summary>
    /// <param name="name">ASCII without percent and plus signs.</param>
    public readonly bool IsNamed(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> encoded = _query[Start.._nameEnd];
        foreach (char expected in name)
        {
            if (encoded.IsEmpty)
                return false;

            bool isEscape = encoded.Length > 2 && encoded[0] == '%' && char.IsAsciiHexDigit(encoded[1]) && char.IsAsciiHexDigit(encoded[2]);
            int actual = isEscape ? (HexValue(encoded[1]) << 4) | HexValue(encoded[2]) : encoded[0];
            if (actual != expected)
                return false;
            encoded = encoded[(isEscape ? 3 : 1)..];
        }

        return encoded.IsEmpty;
    }

    private static int HexValue(char digit) => char.IsAsciiDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
