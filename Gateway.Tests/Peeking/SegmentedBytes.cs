using System.Buffers;

namespace Gateway.Tests.Peeking;

/// <summary>Makes the sequences that a body arrives in.</summary>
internal static class SegmentedBytes
{
    /// <summary>The bytes in segments that begin at the cut points. The points may stand in any order, repeat (an empty segment) and lie outside (no cut).</summary>
    public static ReadOnlySequence<byte> Cut(byte[] bytes, params int[] cuts)
    {
        int[] points = [.. cuts.Where(cut => cut >= 0 && cut <= bytes.Length).Order()];
        if (points.Length == 0)
            return new(bytes);

        var first = new Segment(bytes.AsMemory(0, points[0]));
        Segment last = first;
        for (int i = 0; i < points.Length; i++)
        {
            int end = i + 1 < points.Length ? points[i + 1] : bytes.Length;
            last = last.Append(bytes.AsMemory(points[i], end - points[i]));
        }

        return new(first, 0, last, last.Memory.Length);
    }

    /// <summary>The bytes in segments of one size.</summary>
    public static ReadOnlySequence<byte> Every(int size, byte[] bytes) =>
        Cut(bytes, [.. Enumerable.Range(1, bytes.Length / size).Select(number => number * size)]);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
