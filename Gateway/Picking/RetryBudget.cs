namespace Gateway.Picking;

/// <summary>
/// Bounds how much of the traffic is requests that are sent again, so that engines in trouble do not get twice the load. One for the whole process:
/// it protects the engines from all that this gateway sends, while one for each route would let every broken route have its minimum.
/// Counted by seconds, without a lock.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    /// <summary>Of all requests, the greatest share that may be sent again.</summary>
    public const double Share = 0.2;

    /// <summary>Allowed in any case, as an average: with little traffic a fifth of it would be nothing.</summary>
    public const int LeastPerSecond = 3;

    /// <summary>Seconds that are looked back: long enough that the requests of an engine that dies are a small part of them.</summary>
    public const int Window = 10;

    // One more than the window, so that the second that begins does not share a place with one that still counts.
    private readonly SecondCounter[] _requests = new SecondCounter[Window + 1];
    private readonly SecondCounter[] _retries = new SecondCounter[Window + 1];

    /// <summary>A client has sent a request.</summary>
    public void CountRequest()
    {
        long second = Second();
        _requests[second % _requests.Length].Add(second, 1);
    }

    /// <summary>Takes the right to send one request once more.</summary>
    /// <returns>False when the budget is spent.</returns>
    public bool TryTake()
    {
        long second = Second();
        ref SecondCounter retries = ref _retries[second % _retries.Length];

        // Counted first and taken back: of many that come at once, each sees all that were before it, and the bound holds.
        retries.Add(second, 1);
        long first = second - Window + 1;
        if (Sum(_retries, first) <= Math.Max(LeastPerSecond * Window, Share * Sum(_requests, first)))
            return true;

        retries.Add(second, -1);
        return false;
    }

    private long Second() => (long)time.GetElapsedTime(0).TotalSeconds;

    private static long Sum(SecondCounter[] counters, long first)
    {
        long sum = 0;
        for (int i = 0; i < counters.Length; i++)
            sum += counters[i].Since(first);
        return sum;
    }
}
