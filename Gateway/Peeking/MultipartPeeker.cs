using System.Buffers;
using System.Text;

namespace Gateway.Peeking;

/// <summary>Finds the routing fields of a <c>multipart/form-data</c> body that is held whole.</summary>
internal static class MultipartPeeker
{
    /// <summary>RFC 2046 §5.1.1.</summary>
    public const int MaxBoundaryLength = 70;

    // Real parts have about 150 bytes of headers; python-multipart takes at most 8 headers of 4 KiB each.
    private const int MaxHeaderLength = 16 * 1024;

    private const int LineEndLength = 2;

    public static void Peek(in ReadOnlySequence<byte> body, ReadOnlySpan<char> boundary, BodyPeek peek)
    {
        Span<byte> dashBoundary = stackalloc byte[2 + MaxBoundaryLength];
        "--"u8.CopyTo(dashBoundary);
        if (boundary.IsEmpty || Ascii.FromUtf16(boundary, dashBoundary[2..], out int length) != OperationStatus.Done)
        {
            peek.Fail(PeekFailure.InvalidMultipart, "The boundary of a multipart body must be 1 to 70 ASCII characters.");
            return;
        }

        char[] headerBuffer = ArrayPool<char>.Shared.Rent(MaxHeaderLength);
        try
        {
            PeekParts(body, dashBoundary[..(2 + length)], headerBuffer.AsSpan(0, MaxHeaderLength), peek);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(headerBuffer);
        }
    }

    private static void PeekParts(in ReadOnlySequence<byte> body, ReadOnlySpan<byte> dashBoundary, Span<char> headerBuffer, BodyPeek peek)
    {
        var delimiters = new DelimiterReader(body, dashBoundary);
        bool isDelimited = delimiters.TryRead();
        for (int number = 1; isDelimited && !delimiters.IsClosing; number++)
        {
            long start = delimiters.StartOffset;
            long contentStart = delimiters.NextLineOffset;
            SequencePosition contentPosition = delimiters.NextLine;
            isDelimited = delimiters.TryRead();
            if (!isDelimited)
                break;

            // The line end before a delimiter belongs to it. Headers that run right into it leave less than nothing for the content.
            var part = new ByteRange(start, delimiters.StartOffset);
            long contentLength = Math.Max(0, part.End - LineEndLength - contentStart);
            ReadOnlySequence<byte> content = body.Slice(contentPosition, delimiters.Start).Slice(0, contentLength);

            ReadOnlySpan<char> beginning = Widen(content, headerBuffer);
            PartHeaders headers = PartHeaders.Read(beginning, isWhole: beginning.Length == content.Length);
            if (headers.Problem is not null)
            {
                peek.Fail(PeekFailure.InvalidMultipart, $"Part {number} of the multipart body {headers.Problem}");
                return;
            }

            var value = new ByteRange(contentStart + headers.Length, contentStart + contentLength);
            if (!TryNote(headers, content.Slice(headers.Length), part, value, peek))
                return;
        }

        if (!isDelimited)
            peek.Fail(PeekFailure.InvalidMultipart, delimiters.Problem);
    }

    /// <summary>Copies as much of the content as fits, one character a byte.</summary>
    private static ReadOnlySpan<char> Widen(in ReadOnlySequence<byte> content, Span<char> buffer)
    {
        int length = 0;
        foreach (ReadOnlyMemory<byte> segment in content)
        {
            ReadOnlySpan<byte> bytes = segment.Span;
            if (bytes.Length > buffer.Length - length)
                bytes = bytes[..(buffer.Length - length)];
            length += Encoding.Latin1.GetChars(bytes, buffer[length..]);
            if (length == buffer.Length)
                break;
        }

        return buffer[..length];
    }

    private static bool TryNote(
        scoped in PartHeaders headers, in ReadOnlySequence<byte> content, ByteRange part, ByteRange value, BodyPeek peek)
    {
        if (!TryGetField(headers.Name, out RoutingField field))
        {
            if (headers.Name is "stream")
                peek.Stream = FormText.IsTrue(content);
            peek.KeepsMembers = true;
            return true;
        }

        // Engines read such a part as an upload, or with its own encoding undone: not as the text that stands there.
        if (headers.HasFileName || headers.IsEncoded)
        {
            peek.Fail(
                PeekFailure.InvalidType,
                $"The form field '{RoutingFields.Name(field)}' must be plain UTF-8 text, without a file name or another encoding.",
                field);
            return false;
        }

        if (!peek.TrySee(field))
            return false;
        if (!FormText.TryRead(content, peek.Text(field)))
        {
            peek.Fail(PeekFailure.InvalidType, $"The form field '{RoutingFields.Name(field)}' is not valid UTF-8.", field);
            return false;
        }

        if (field != RoutingField.Model)
        {
            peek.AddCut(part);
            return true;
        }

        peek.KeepsMembers = true;
        if (value.Length > 0)
            peek.ModelValue = value;
        return true;
    }

    private static bool TryGetField(ReadOnlySpan<char> name, out RoutingField field)
    {
        for (field = 0; (int)field < RoutingFields.Count; field++)
        {
            if (name.SequenceEqual(RoutingFields.Name(field)))
                return true;
        }

        return false;
    }
}
