namespace Gateway.Benchmarks.SideBySide.Wire;

/// <summary>Numbers of a fixed width, padded with zeros: they're patched into bytes prepared in advance.</summary>
internal static class Digits
{
    public static void Write(Span<byte> slot, long value)
    {
        for (int i = slot.Length - 1; i >= 0; i--)
        {
            slot[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }

    /// <returns>-1 when it's no number.</returns>
    public static long Read(ReadOnlySpan<byte> slot)
    {
        long value = 0;
        foreach (byte digit in slot)
        {
            if (digit is < (byte)'0' or > (byte)'9')
                return -1;
            value = (value * 10) + (digit - '0');
        }

        return slot.IsEmpty ? -1 : value;
    }
}
