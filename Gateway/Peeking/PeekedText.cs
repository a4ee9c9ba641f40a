using System.Text.Json;

namespace Gateway.Peeking;

/// <summary>The text of one routing member, in a buffer that is kept from request to request.</summary>
internal sealed class PeekedText
{
    /// <summary>
    /// A model name is a repository path, an engine's name a word. A text that is longer than this matches no route anyway, so a mark in its
    /// place is all that is kept.
    /// </summary>
    public const int MaxLength = 1024;

    private const string TooLong = "(a name of more than 1024 bytes)";

    // Nearly every name fits; one that does not gets a buffer for the longest.
    private const int UsualLength = 128;

    private char[] _buffer = [];
    private int _length;

    public ReadOnlySpan<char> Span => _buffer.AsSpan(0, _length);

    /// <summary>Absent, null and empty are the same.</summary>
    public bool IsEmpty => _length == 0;

    public Span<char> Buffer => BufferOf(MaxLength);

    /// <summary>Says how many characters of <see cref="Buffer"/> are the text.</summary>
    public void SetLength(int length) => _length = length;

    public void SetTooLong()
    {
        TooLong.CopyTo(Buffer);
        _length = TooLong.Length;
    }

    /// <summary>Takes the string that the reader stands at, its escapes resolved.</summary>
    /// <returns>False when it is not valid Unicode.</returns>
    public bool TrySet(ref Utf8JsonReader reader)
    {
        long bytes = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (bytes > MaxLength)
        {
            SetTooLong();
            return true;
        }

        try
        {
            _length = reader.CopyString(BufferOf((int)bytes));
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public override string ToString() => Span.ToString();

    private char[] BufferOf(int length)
    {
        if (length > _buffer.Length)
            _buffer = new char[length <= UsualLength ? UsualLength : MaxLength];
        return _buffer;
    }
}
