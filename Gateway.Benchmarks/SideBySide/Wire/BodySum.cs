using System.Numerics;

namespace Gateway.Benchmarks.SideBySide.Wire;

/// <summary>The sum of all bytes of a body, in whatever pieces it comes: cheap enough for every body, and a lost or changed byte shows.</summary>
internal static class BodySum
{
    public static long Of(ReadOnlySpan<byte> bytes)
    {
        long sum = 0;
        // 128 vectors of bytes are added before a lane of 16 bits could overflow.
        while (bytes.Length >= Vector<byte>.Count)
        {
            int vectors = Math.Min(bytes.Length / Vector<byte>.Count, 128);
            Vector<ushort> lanes = Vector<ushort>.Zero;
            for (int i = 0; i < vectors; i++)
            {
                Vector.Widen(new Vector<byte>(bytes[(i * Vector<byte>.Count)..]), out Vector<ushort> low, out Vector<ushort> high);
                lanes += low + high;
            }

            Vector.Widen(lanes, out Vector<uint> first, out Vector<uint> second);
            sum += Vector.Sum(first + second);
            bytes = bytes[(vectors * Vector<byte>.Count)..];
        }

        foreach (byte value in bytes)
            sum += value;
        return sum;
    }
}
