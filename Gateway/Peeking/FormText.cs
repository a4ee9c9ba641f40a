using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Gateway.Peeking;

/// <summary>Reads the value of a form field.</summary>
internal static class FormText
{
    // One UTF-16 character takes at most three bytes (those of four bytes make two), so a longer text does not fit in any case.
    private const int MaxBytes = 3 * PeekedText.MaxLength;

    public static bool IsTrue(in ReadOnlySequence<byte> value)
    {
        Span<byte> word = stackalloc byte[4];
        if (value.Length != word.Length)
            return false;
        value.CopyTo(word);
        return Ascii.EqualsIgnoreCase(word, "true"u8);
    }

    /// <returns>False when the value is not UTF-8.</returns>
    public static bool TryRead(in ReadOnlySequence<byte> value, PeekedText text)
    {
        bool isWhole = value.Length <= MaxBytes;
        ReadOnlySequence<byte> kept = isWhole ? value : value.Slice(0, MaxBytes);
        scoped ReadOnlySpan<byte> bytes = kept.FirstSpan;
        if (!kept.IsSingleSegment)
        {
            Span<byte> copy = stackalloc byte[(int)kept.Length];
            kept.CopyTo(copy);
            bytes = copy;
        }

        OperationStatus status = Utf8.ToUtf16(bytes, text.Buffer, out _, out int length, replaceInvalidSequences: false, isFinalBlock: isWhole);
        if (status == OperationStatus.InvalidData)
            return false;

        if (!isWhole || status != OperationStatus.Done)
            length = Ellipsize(text.Buffer, length);
        text.SetLength(length);
        return true;
    }

    /// <summary>Ends a text that goes on with an ellipsis, so that it is not taken for the name it begins with.</summary>
    private static int Ellipsize(Span<char> buffer, int length)
    {
        int end = Math.Min(length, buffer.Length - 1);
        if (end > 0 && char.IsHighSurrogate(buffer[end - 1]))
            end--;
        buffer[end] = '…';
        return end + 1;
    }
}
