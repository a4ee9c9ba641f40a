using System.Buffers;

namespace Gateway.Telemetry;

/// <summary>The last bytes of an answer that may matter, in a ring that is rented with the first of them.</summary>
internal sealed class StreamTail
{
    /// <summary>A usage object has a few hundred bytes, and what engines write behind it is shorter still.</summary>
    public const int Size = 2048;

    private byte[] _ring = [];
    private long _skipped;

    /// <summary>All bytes that have passed, skipped or not.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the first bytes since the last skip are gone.</summary>
    public bool IsCutOff => Added > Size;

    /// <summary>How many bytes had passed before the first one that is kept.</summary>
    public long Start => Length - Math.Min(Added, Size);

    /// <summary>Everything since the last skip, while nothing of it is gone.</summary>
    public ReadOnlySpan<byte> Whole => _ring.AsSpan(0, (int)Added);

    private long Added => Length - _skipped;

    public void Clear()
    {
        Length = 0;
        Skip(0);
    }

    /// <summary>Passes bytes without keeping them; what has been kept is let go as well.</summary>
    public void Skip(int length)
    {
        Length += length;
        _skipped = Length;
        if (_ring.Length > 0)
            ArrayPool<byte>.Shared.Return(_ring);
        _ring = [];
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_ring.Length == 0)
            _ring = ArrayPool<byte>.Shared.Rent(Size);
        Length += bytes.Length;
        if (bytes.Length > Size)
            bytes = bytes[^Size..];

        int at = (int)((Added - bytes.Length) % Size);
        int untilEnd = Math.Min(bytes.Length, Size - at);
        bytes[..untilEnd].CopyTo(_ring.AsSpan(at));
        bytes[untilEnd..].CopyTo(_ring);
    }

    /// <summary>Puts the last <see cref="Size"/> bytes into <paramref name="to"/> in the order they came.</summary>
    public void CopyTo(Span<byte> to)
    {
        int at = (int)(Added % Size);
        _ring.AsSpan(at, Size - at).CopyTo(to);
        _ring.AsSpan(0, at).CopyTo(to[(Size - at)..]);
    }
}
