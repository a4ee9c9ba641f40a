namespace Gateway.Telemetry;

/// <summary>The last bytes of an answer, in a ring.</summary>
internal sealed class StreamTail
{
    /// <summary>A usage object has a few hundred bytes, and what engines write behind it is shorter still.</summary>
    public const int Size = 4096;

    private readonly byte[] _ring = new byte[Size];

    /// <summary>All bytes that have passed.</summary>
    public long Length { get; private set; }

    public void Clear() => Length = 0;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (bytes.Length > Size)
            bytes = bytes[^Size..];

        int at = (int)((Length - bytes.Length) % Size);
        int untilEnd = Math.Min(bytes.Length, Size - at);
        bytes[..untilEnd].CopyTo(_ring.AsSpan(at));
        bytes[untilEnd..].CopyTo(_ring);
    }

    /// <summary>Puts what is kept into <paramref name="to"/>, which has room for <see cref="Size"/>, in the order it came.</summary>
    public ReadOnlySpan<byte> CopyTo(Span<byte> to)
    {
        if (Length <= Size)
        {
            _ring.AsSpan(0, (int)Length).CopyTo(to);
            return to[..(int)Length];
        }

        int at = (int)(Length % Size);
        _ring.AsSpan(at).CopyTo(to);
        _ring.AsSpan(0, at).CopyTo(to[(Size - at)..]);
        return to[..Size];
    }
}
