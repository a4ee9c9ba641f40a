using System.Threading.Channels;

namespace Gateway.Tests;

/// <summary>A clock that stands still until a test moves it, and that tells when somebody has begun to wait.</summary>
internal sealed class ManualClock : TimeProvider
{
    private static readonly DateTimeOffset Epoch = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<Timer> _armed = [];
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _now;
    private Step? _step;

    // While time passes only the thread that moves it is on the way: what another has been set off to do happens at the end of
    // the step, or a wait that it begins would be over at once when the step goes on.
    private TimeSpan Now => _step is { } step && step.ThreadId != Environment.CurrentManagedThreadId ? step.End : _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_lock)
            return Now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => Epoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Assert.Equal(Timeout.InfiniteTimeSpan, period);
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass; timers that fall due fire on the way, in order, but for those that other threads set meanwhile.</summary>
    public void Advance(TimeSpan by)
    {
        TimeSpan end;
        lock (_lock)
        {
            end = _now + by;
            _step = new Step(end, Environment.CurrentManagedThreadId);
        }

        while (TakeDueBy(end) is { } timer)
            timer.Fire();
        lock (_lock)
        {
            _now = end;
            _step = null;
        }
    }

    /// <summary>Lets time pass, but no timer fire yet.</summary>
    public void PassUnnoticed(TimeSpan by)
    {
        lock (_lock)
            _now += by;
    }

    /// <summary>For how long the next timer was set, waiting for one to be set.</summary>
    public ValueTask<TimeSpan> NextTimerAsync(CancellationToken cancellationToken) => _waits.Reader.ReadAsync(cancellationToken);

    /// <summary>Waits until somebody waits for a time that <paramref name="matches"/>; returns how long is left of it.</summary>
    public async Task<TimeSpan> UntilWaitedForAsync(Func<TimeSpan, bool> matches, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_armed.Find(timer => matches(timer.Due - _now)) is { } timer)
                    return timer.Due - _now;
                changed = _changed.Task;
            }

            await changed.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        }
    }

    private Timer? TakeDueBy(TimeSpan end)
    {
        lock (_lock)
        {
            Timer? next = _armed.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null)
                return null;

            _armed.Remove(next);
            if (next.Due > _now)
                _now = next.Due;
            return next;
        }
    }

    private readonly record struct Step(TimeSpan End, int ThreadId);

    private sealed class Timer(ManualClock clock, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                clock._armed.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;

                Due = clock.Now + dueTime;
                clock._armed.Add(this);
                clock._waits.Writer.TryWrite(dueTime);
                clock._changed.TrySetResult();
                clock._changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                return true;
            }
        }

        public void Dispose()
        {
            lock (clock._lock)
                clock._armed.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
