namespace Gateway.Forwarding;

/// <summary>
/// The one cancellation of a request: its client leaving, the timer of the phase it is in, or the end of draining. Kept from request to request.
/// Its timer is armed lazily: it is left running when a deadline moves on, looks at the clock when it fires, and sleeps on; so a request, and
/// each token of a stream, costs a store instead of a change of a timer.
/// </summary>
internal sealed class RequestDeadline : CancellationTokenSource
{
    private const long Never = long.MaxValue;

    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private CancellationTokenRegistration _clientRegistration;
    private long _began;
    private long _phaseLimit;
    private long _lastActivity;
    private long _totalEnd;
    private long _timerDue = Never;
    private DeadlineCause _phaseCause;
    private bool _isActive;

    public RequestDeadline(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(static state => ((RequestDeadline)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Why the token was cancelled.</summary>
    public DeadlineCause Cause { get; private set; }

    public void Begin(TimeSpan? total, CancellationToken clientLeft)
    {
        lock (_lock)
        {
            Cause = DeadlineCause.None;
            _isActive = true;
            _phaseLimit = Never;
            _began = _time.GetTimestamp();
            EndBy(total);
        }

        _clientRegistration = clientLeft.UnsafeRegister(static state => ((RequestDeadline)state!).Expire(DeadlineCause.ClientLeft), this);
    }

    /// <summary>Gives the whole request another time, from its beginning on; none when that is null.</summary>
    public void LimitTotal(TimeSpan? total)
    {
        lock (_lock)
            EndBy(total);
    }

    /// <summary>Enters a phase that may be silent for <paramref name="limit"/>; for ever, when that is <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    public void Enter(DeadlineCause cause, TimeSpan limit)
    {
        lock (_lock)
        {
            _phaseCause = cause;
            _phaseLimit = limit == Timeout.InfiniteTimeSpan ? Never : Ticks(limit);
            _lastActivity = _time.GetTimestamp();
            if (_phaseLimit != Never)
                WakeBy(_lastActivity + _phaseLimit);
        }
    }

    /// <summary>Something moved: the silence of this phase begins anew.</summary>
    public void Touch() => Volatile.Write(ref _lastActivity, _time.GetTimestamp());

    public void Expire(DeadlineCause cause)
    {
        lock (_lock)
        {
            if (!_isActive || Cause != DeadlineCause.None)
                return;
            Cause = cause;
        }

        Cancel();
    }

    /// <summary>The request is over.</summary>
    /// <returns>Whether this deadline can serve another one.</returns>
    public bool TryEnd()
    {
        // Waits for a running callback, so that a client leaving late cannot cancel the next request.
        _clientRegistration.Dispose();
        lock (_lock)
        {
            _isActive = false;
            return Cause == DeadlineCause.None && TryReset();
        }
    }

    /// <summary>
    /// Lets go of the timer of a deadline that has expired. The source itself is left to the collector: whoever cancels it may still be at it, and
    /// one without a timer of its own holds nothing else.
    /// </summary>
    public void Retire() => _timer.Dispose();

    private void OnTimer()
    {
        lock (_lock)
        {
            _timerDue = Never;
            if (!_isActive || Cause != DeadlineCause.None)
                return;

            long now = _time.GetTimestamp();
            long phaseEnd = _phaseLimit == Never ? Never : Volatile.Read(ref _lastActivity) + _phaseLimit;
            if (now < _totalEnd && now < phaseEnd)
            {
                WakeBy(Math.Min(_totalEnd, phaseEnd));
                return;
            }

            // Within the lock: a request that ends at this moment must not leave the verdict of its timer to the next one.
            Cause = now >= _totalEnd ? DeadlineCause.TotalTimeout : _phaseCause;
        }

        Cancel();
    }

    private void EndBy(TimeSpan? total)
    {
        _totalEnd = total is { } limit ? _began + Ticks(limit) : Never;
        WakeBy(_totalEnd);
    }

    private void WakeBy(long due)
    {
        if (due >= _timerDue)
            return;

        _timerDue = due;
        TimeSpan wait = _time.GetElapsedTime(_time.GetTimestamp(), due);
        _timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private long Ticks(TimeSpan limit) => (long)(limit.TotalSeconds * _time.TimestampFrequency);
}
