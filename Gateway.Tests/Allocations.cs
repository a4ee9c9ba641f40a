namespace Gateway.Tests;

/// <summary>What an action allocates. Bytes, not times: they are the same on any machine.</summary>
internal static class Allocations
{
    private const int Series = 8;

    /// <summary>
    /// The bytes that <paramref name="times"/> runs of <paramref name="action"/> allocate on this thread, after a first one that counts
    /// for nothing: the least of several series. Another test's collection makes this thread open a new allocation context, and what
    /// was left of the old one is then counted as allocated.
    /// </summary>
    public static long Of(Action action, int times = 1000)
    {
        long least = long.MaxValue;
        for (int series = 0; series < Series && least > 0; series++)
        {
            action();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < times; i++)
                action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
