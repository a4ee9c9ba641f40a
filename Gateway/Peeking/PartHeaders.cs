namespace Gateway.Peeking;

/// <summary>
/// The headers of one part of a form (RFC 7578 §4.2 to §4.8). Stricter than most parsers: a part that one engine would read as
/// <c>model</c> and another not must not pass, or the gateway would route by a field that is not the engine's.
/// </summary>
internal ref struct PartHeaders
{
    private bool _hasDisposition;

    public ReadOnlySpan<char> Name { get; private set; }

    public bool HasFileName { get; private set; }

    /// <summary>Whether the value's bytes are perhaps not its text in UTF-8.</summary>
    public bool IsEncoded { get; private set; }

    /// <summary>How many bytes the headers take, with the empty line behind them.</summary>
    public int Length { get; private set; }

    /// <summary>What is wrong, to follow "Part N of the multipart body".</summary>
    public string? Problem { get; private set; }

    /// <param name="part">The part's beginning, one character a byte.</param>
    /// <param name="isWhole">Whether that is the whole part.</param>
    public static PartHeaders Read(ReadOnlySpan<char> part, bool isWhole)
    {
        PartHeaders headers = default;
        while (headers.Problem is null)
        {
            ReadOnlySpan<char> rest = part[headers.Length..];
            int length = rest.IndexOfAny('\r', '\n');
            if (length < 0 || length + 1 == rest.Length)
                headers.Problem = isWhole ? "ends inside its headers; an empty line must follow them." : "has headers that are too long.";
            else if (rest[length] != '\r' || rest[length + 1] != '\n')
                headers.Problem = "has a header line that does not end with CR LF.";
            else
            {
                headers.Length += length + 2;
                if (length == 0)
                {
                    headers.CheckDisposition();
                    return headers;
                }

                headers.ReadLine(rest[..length]);
            }
        }

        return headers;
    }

    private void ReadLine(ReadOnlySpan<char> line)
    {
        int colon = line.IndexOf(':');
        if (line[0] is ' ' or '\t')
            Problem = "has a header that is continued on a second line; it must stand on one.";
        else if (colon < 0 || !HeaderParameters.IsToken(line[..colon]) || HasControl(line))
            Problem = "has a malformed header line; 'Name: value' is allowed.";
        else
            ReadHeader(line[..colon], line[(colon + 1)..].Trim(" \t"));
    }

    // Of the control characters only the tab may stand in a header (RFC 9110 §5.5).
    private static bool HasControl(ReadOnlySpan<char> line)
    {
        foreach (char character in line)
        {
            if (character is < ' ' and not '\t')
                return true;
        }

        return false;
    }

    private void ReadHeader(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (name.Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase))
            ReadDisposition(value);
        else if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            IsEncoded |= value.IndexOf(';') is >= 0 and int end && !Charset.IsUtf8(value[end..]);
        else if (name.Equals("Content-Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            IsEncoded |= !IsIdentity(value);
    }

    private void ReadDisposition(ReadOnlySpan<char> value)
    {
        if (_hasDisposition)
        {
            Problem = "has more than one Content-Disposition header.";
            return;
        }

        _hasDisposition = true;
        int end = value.IndexOf(';');
        if (end < 0)
            end = value.Length;
        if (!value[..end].Trim(" \t").Equals("form-data", StringComparison.OrdinalIgnoreCase))
        {
            Problem = "has a Content-Disposition other than 'form-data'.";
            return;
        }

        var parameters = new HeaderParameters(value[end..]);
        bool hasName = false;
        while (parameters.TryRead())
        {
            if (parameters.IsNamed("name", out bool isExtended))
            {
                // Forbidden by RFC 7578 §4.2, and where it is read nevertheless it wins over the plain one, or loses, as the parser likes.
                if (isExtended)
                    Problem = "has a Content-Disposition with 'name*'; 'name' is allowed.";
                else if (hasName)
                    Problem = "has a Content-Disposition with more than one 'name'.";
                hasName = true;
                Name = parameters.Value;
            }
            else if (parameters.IsNamed("filename", out _))
                HasFileName = true;
        }

        if (parameters.IsMalformed)
            Problem = "has a malformed Content-Disposition; 'form-data; name=\"field\"' is allowed.";
    }

    private void CheckDisposition()
    {
        if (!_hasDisposition)
            Problem = "has no Content-Disposition header.";
        else if (Name.IsEmpty)
            Problem = "has a Content-Disposition without a 'name'.";

        // Some parsers take \e for e, some leave it alone. (Percent signs need no such care: of a name's characters only quotes and
        // line ends are written with them, which no routing name contains.)
        else if (Name.Contains('\\'))
            Problem = "has a field name with a backslash; a quote in a name is written as %22.";
    }

    // RFC 7578 §4.7 wants none at all; these three say that nothing was done to the value.
    private static bool IsIdentity(ReadOnlySpan<char> transferEncoding) =>
        transferEncoding.Equals("8bit", StringComparison.OrdinalIgnoreCase)
        || transferEncoding.Equals("7bit", StringComparison.OrdinalIgnoreCase)
        || transferEncoding.Equals("binary", StringComparison.OrdinalIgnoreCase);
}
