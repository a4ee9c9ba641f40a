using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace Gateway.Peeking;

/// <summary>What <c>Content-Type</c> and <c>Content-Encoding</c> say about a request's body.</summary>
/// <param name="Kind">How the body is to be read.</param>
/// <param name="Boundary">Of a <see cref="MediaKind.Multipart"/> body: without quotes and leading dashes.</param>
/// <param name="Problem">Of a body that can't be read: why, and what is allowed.</param>
internal readonly record struct RequestMedia(MediaKind Kind, ReadOnlyMemory<char> Boundary = default, string Problem = "")
{
    private const string AllowedTypes = "'application/json', 'application/*+json' and 'multipart/form-data' are allowed, in UTF-8";

    // RFC 2046 §5.1.1. The space, allowed there inside of quotes only, never ends a boundary.
    private static readonly SearchValues<char> BoundaryCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=? ");

    public static RequestMedia Read(StringValues contentType, StringValues contentEncoding)
    {
        foreach (string? encoding in contentEncoding)
        {
            if (!IsIdentity(encoding))
                return Unsupported($"The Content-Encoding '{encoding}' is not supported; the body must be sent without one.");
        }

        if (contentType.Count > 1)
            return Unsupported($"The request has more than one Content-Type; one of {AllowedTypes}.");

        string text = contentType.Count == 0 ? "" : contentType[0] ?? "";
        return text is "application/json" or "application/json; charset=utf-8" ? new(MediaKind.Json) : ReadType(text);
    }

    private static RequestMedia ReadType(string contentType)
    {
        int end = contentType.IndexOf(';');
        if (end < 0)
            end = contentType.Length;
        ReadOnlySpan<char> type = contentType.AsSpan(0, end).Trim(" \t");
        ReadOnlySpan<char> parameters = contentType.AsSpan(end);

        bool isMultipart = type.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (!isMultipart && !IsJson(type))
            return Unsupported($"The Content-Type '{contentType}' is not supported; {AllowedTypes}.");
        if (!Charset.IsUtf8(parameters))
            return Unsupported($"The parameters of the Content-Type '{contentType}' are malformed or name another charset; {AllowedTypes}.");
        return isMultipart ? ReadBoundary(contentType, parameters) : new(MediaKind.Json);
    }

    private static RequestMedia ReadBoundary(string contentType, ReadOnlySpan<char> parameters)
    {
        var reader = new HeaderParameters(parameters);
        ReadOnlySpan<char> boundary = default;
        int count = 0;
        while (reader.TryRead())
        {
            if (!reader.IsNamed("boundary", out bool isExtended))
                continue;
            if (isExtended || ++count > 1)
                return InvalidBoundary(contentType);
            boundary = reader.Value;
        }

        if (boundary.IsEmpty || boundary.Length > MultipartPeeker.MaxBoundaryLength || boundary[^1] == ' '
            || boundary.ContainsAnyExcept(BoundaryCharacters))
            return InvalidBoundary(contentType);

        // Kept as a part of the header's own string, which outlives the reading of the body; a span would not.
        contentType.AsSpan().Overlaps(boundary, out int start);
        return new(MediaKind.Multipart, contentType.AsMemory(start, boundary.Length));
    }

    // No content type at all is what a hand-written client sends; engines take its body for JSON.
    private static bool IsJson(ReadOnlySpan<char> type)
    {
        const string Application = "application/";
        const string Suffix = "+json";
        if (type.IsEmpty)
            return true;
        if (!type.StartsWith(Application, StringComparison.OrdinalIgnoreCase))
            return false;

        ReadOnlySpan<char> subtype = type[Application.Length..];
        return subtype.Equals("json", StringComparison.OrdinalIgnoreCase)
            || (subtype.Length > Suffix.Length
                && subtype.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
                && HeaderParameters.IsToken(subtype));
    }

    private static bool IsIdentity(ReadOnlySpan<char> encoding)
    {
        encoding = encoding.Trim(" \t");
        return encoding.IsEmpty || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase);
    }

    private static RequestMedia Unsupported(string problem) => new(MediaKind.Unsupported, Problem: problem);

    private static RequestMedia InvalidBoundary(string contentType) => new(
        MediaKind.InvalidMultipart,
        Problem: $"The Content-Type '{contentType}' must name one boundary of 1 to {MultipartPeeker.MaxBoundaryLength} characters as RFC 2046 allows them.");
}
