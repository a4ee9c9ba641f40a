namespace Gateway.Peeking;

/// <summary>Bytes of a body: from <paramref name="Start"/> (counted from the body's first byte) up to, not including, <paramref name="End"/>.</summary>
internal readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;
}
