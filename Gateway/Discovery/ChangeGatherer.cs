namespace Gateway.Discovery;

/// <summary>Makes one event of many that come close together: a rollout changes hundreds of objects at once, and one new table is enough.</summary>
internal sealed class ChangeGatherer : IDisposable
{
    /// <summary>Shorter than anybody notices who waits for a pod, longer than it takes the API server to send a burst.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(50);

    // A table of a thousand endpoints takes milliseconds to make: while they churn, that is to stay a fiftieth of one core.
    private const int RestPerWork = 49;

    // What changes is still to be routed well within 2 s.
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(500);

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _isPending;

    // The time before which handlers are not called again.
    private long _restsUntil;

    public ChangeGatherer(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static self => ((ChangeGatherer)self!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _restsUntil = time.GetTimestamp();
    }

    /// <summary>
    /// Raised <see cref="Usual"/> after the first signal since it was raised last, or later where handlers take long and are called often;
    /// handlers don't throw.
    /// </summary>
    public event Action? Due;

    public void Signal()
    {
        if (Interlocked.Exchange(ref _isPending, 1) != 0)
            return;
        TimeSpan rest = _time.GetElapsedTime(_time.GetTimestamp(), Volatile.Read(ref _restsUntil));
        _timer.Change(rest > Usual ? rest : Usual, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        // Before the handlers look: what is signalled while they do may have come too late for them.
        Volatile.Write(ref _isPending, 0);
        long begun = _time.GetTimestamp();
        Due?.Invoke();
        long ended = _time.GetTimestamp();
        TimeSpan rest = _time.GetElapsedTime(begun, ended) * RestPerWork;
        if (rest > LongestRest)
            rest = LongestRest;
        Volatile.Write(ref _restsUntil, ended + (long)(rest.TotalSeconds * _time.TimestampFrequency));
    }
}
