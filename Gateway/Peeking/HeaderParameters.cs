using System.Buffers;

namespace Gateway.Peeking;

/// <summary>
/// Reads <c>; name=value; name="value"</c> behind the first word of a <c>Content-Type</c> or <c>Content-Disposition</c> one by one.
/// Strict, because the engine reads the same header again with a parser of its own: what two parsers may read differently is malformed here.
/// </summary>
internal ref struct HeaderParameters(ReadOnlySpan<char> parameters)
{
    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private ReadOnlySpan<char> _rest = parameters;
    private bool _hasEscapedQuote;
    private bool _hasQuotedSemicolon;

    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>What stands in the quotes, or without them; a backslash in it stays one.</summary>
    public ReadOnlySpan<char> Value { get; private set; }

    /// <summary>Says, once <see cref="TryRead"/> has returned false, that it did so because it can't go on.</summary>
    public bool IsMalformed { get; private set; }

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    /// <summary>Whether the parameter is the named one, or a form of it that RFC 2231 splits or encodes: <c>name*</c>, <c>name*0</c>.</summary>
    public readonly bool IsNamed(string name, out bool isExtended)
    {
        isExtended = Name.Length > name.Length && Name[name.Length] == '*';
        return Name.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (isExtended || Name.Length == name.Length);
    }

    public bool TryRead()
    {
        // Empty parameters are allowed (RFC 9110 §5.6.6) and common: a semicolon at the end.
        _rest = _rest.TrimStart(" \t;");
        if (_rest.IsEmpty)
            return false;

        int equals = _rest.IndexOf('=');
        if (equals < 0 || !IsToken(_rest[..equals]))
            return Malformed();

        Name = _rest[..equals];
        _rest = _rest[(equals + 1)..];
        if (!(_rest.StartsWith('"') ? TryReadQuoted() : TryReadBare()))
            return Malformed();

        _rest = _rest.TrimStart(" \t");
        if (!_rest.IsEmpty && _rest[0] != ';')
            return Malformed();

        // Some parsers end a quoted string at \" and some don't. As long as no string contains a semicolon that can at most hide
        // a parameter from one of them; with one, the two would see different parameters.
        return !(_hasEscapedQuote && _hasQuotedSemicolon) || Malformed();
    }

    private bool TryReadQuoted()
    {
        for (int i = 1; i < _rest.Length; i++)
        {
            switch (_rest[i])
            {
                case '"':
                    _hasEscapedQuote |= _rest[i - 1] == '\\';
                    Value = _rest[1..i];
                    _rest = _rest[(i + 1)..];
                    return true;
                case ';':
                    _hasQuotedSemicolon = true;
                    break;
                case '\\' when i + 1 < _rest.Length && _rest[i + 1] is '"' or '\\':
                    _hasEscapedQuote |= _rest[++i] == '"';
                    break;
            }
        }

        return false;
    }

    // Wider than a token, since boundaries and names such as items[] are often sent without the quotes they need.
    private bool TryReadBare()
    {
        int length = 0;
        while (length < _rest.Length && _rest[length] is > ' ' and <= '~' and not (';' or '"'))
            length++;

        Value = _rest[..length];
        _rest = _rest[length..];
        return length > 0;
    }

    private bool Malformed()
    {
        IsMalformed = true;
        return false;
    }
}
