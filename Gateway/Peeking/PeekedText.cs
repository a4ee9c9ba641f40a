namespace Gateway.Peeking;

/// <summary>The text of one routing member, in a buffer that is kept from request to request.</summary>
internal sealed class PeekedText
{
    /// <summary>
    /// A model name is a repository path, an engine's name a word. A text that is longer than this matches no route anyway, so its first part,
    /// which is enough to quote it in an error, is all that is kept.
    /// </summary>
    public const int MaxLength = 1024;

    private readonly char[] _buffer = new char[MaxLength];
    private int _length;

    public ReadOnlySpan<char> Span => _buffer.AsSpan(0, _length);

    /// <summary>Absent, null and empty are the same.</summary>
    public bool IsEmpty => _length == 0;

    public Span<char> Buffer => _buffer;

    /// <summary>Says how many characters of <see cref="Buffer"/> are the text.</summary>
    public void SetLength(int length) => _length = length;

    public override string ToString() => Span.ToString();
}
