namespace Gateway.Picking;

/// <summary>How often something happened within one second, which is in the same word as the count: a later second begins anew, without a lock.</summary>
internal struct SecondCounter
{
    private const int CountBits = 32;

    private long _word;

    /// <summary>Adds to the count of <paramref name="second"/>; nothing, when a later one has already begun.</summary>
    public void Add(long second, int count)
    {
        long before, after;
        do
        {
            before = Volatile.Read(ref _word);
            long held = before >> CountBits;
            if (held > second)
                return;
            long sum = (held == second ? (uint)before : 0) + count;
            after = (second << CountBits) | Math.Max(0, sum);
        }
        while (Interlocked.CompareExchange(ref _word, after, before) != before);
    }

    /// <summary>The count, if its second is this one or a later one.</summary>
    public readonly long Since(long first)
    {
        long word = Volatile.Read(in _word);
        return word >> CountBits >= first ? (uint)word : 0;
    }
}
