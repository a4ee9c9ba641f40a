namespace Gateway.Tests.Simulation;

/// <summary>A clock on which every wait is over at once; it remembers what was waited for.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];

    /// <summary>Takes out what was waited for since the last time.</summary>
    public List<TimeSpan> TakeWaits()
    {
        lock (_lock)
        {
            List<TimeSpan> waits = [.. _waits];
            _waits.Clear();
            return waits;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
            _waits.Add(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
