namespace Gateway.Peeking;

/// <summary>The character encodings in which routing names read the same as in UTF-8.</summary>
internal static class Charset
{
    /// <summary>
    /// Whether the parameters of a content type leave its text UTF-8. With any other encoding (UTF-7 spells every ASCII word in a second
    /// way) the engine could find another name in the bytes than the gateway.
    /// </summary>
    /// <param name="parameters">What stands behind the media type.</param>
    public static bool IsUtf8(ReadOnlySpan<char> parameters)
    {
        var reader = new HeaderParameters(parameters);
        while (reader.TryRead())
        {
            if (reader.IsNamed("charset", out bool isExtended) && (isExtended || !IsUtf8Name(reader.Value)))
                return false;
        }

        return !reader.IsMalformed;
    }

    private static bool IsUtf8Name(ReadOnlySpan<char> charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase)
        || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
}
