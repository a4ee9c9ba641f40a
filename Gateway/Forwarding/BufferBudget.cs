namespace Gateway.Forwarding;

/// <summary>Bounds the request bytes that all requests together hold (<c>Limits:BufferedBytes</c>).</summary>
internal sealed class BufferBudget(long limit)
{
    private long _held;

    public long Held => Volatile.Read(ref _held);

    /// <summary>Takes <paramref name="bytes"/> out of the budget, or nothing when so much is not left.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= limit)
            return true;

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    public void GiveBack(long bytes) => Interlocked.Add(ref _held, -bytes);
}
