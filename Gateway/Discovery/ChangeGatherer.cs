namespace Gateway.Discovery;

/// <summary>Makes one event of many that come close together: a rollout changes hundreds of objects at once, and one new table is enough.</summary>
internal sealed class ChangeGatherer : IDisposable
{
    /// <summary>Shorter than anybody notices who waits for a pod, longer than it takes the API server to send a burst.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(50);

    private readonly ITimer _timer;
    private int _isPending;

    public ChangeGatherer(TimeProvider time)
    {
        _timer = time.CreateTimer(static self => ((ChangeGatherer)self!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised <see cref="Longest"/> after the first signal since it was raised last; handlers don't throw.</summary>
    public event Action? Due;

    public void Signal()
    {
        if (Interlocked.Exchange(ref _isPending, 1) == 0)
            _timer.Change(Longest, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();

    private void Tell()
    {
        // Before the handlers look: what is signalled while they do may have come too late for them.
        Volatile.Write(ref _isPending, 0);
        Due?.Invoke();
    }
}
