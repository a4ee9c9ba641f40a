using Gateway.Telemetry;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Keeps how a watch stands, and says so in the log when that changes. Told by one loop, read by anybody.</summary>
/// <param name="kind">What is watched.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of the first list, of a failure once, and of its end.</param>
/// <param name="changed">Called when objects, or anything but <see cref="WatchStatus.LastHeard"/>, have changed.</param>
internal sealed class WatchHealth(string kind, TimeProvider time, ILogger logger, Action changed)
{
    private volatile WatchStatus _status = new(kind, Listed: false, LastHeard: null, Error: null, FailedForGood: false);
    private bool _isWatchRefused;

    public WatchStatus Status => _status;

    /// <param name="count">How many objects there are.</param>
    /// <param name="areOthers">Whether they are others than before.</param>
    public void Listed(int count, bool areOthers)
    {
        if (!_status.Listed)
            KubernetesLog.Listed(logger, kind, count);

        // That it can be listed says nothing about a watch that was refused.
        WatchStatus next = _status with { Listed = true };
        Publish(_isWatchRefused ? next with { LastHeard = time.GetUtcNow() } : Healthy(next), areOthers);
    }

    /// <summary>An event or a bookmark has come.</summary>
    /// <param name="ofChange">Whether it tells of another object than there was.</param>
    public void Heard(bool ofChange)
    {
        _isWatchRefused = false;
        Publish(Healthy(_status), ofChange);
    }

    /// <summary>The API server has kept a watch open for long, though nothing had to be told.</summary>
    public void Lasted() => _isWatchRefused = false;

    public void Failed(ApiFailure failure, bool ofWatch)
    {
        _isWatchRefused |= ofWatch;
        if (_status.Error is null || _status.FailedForGood != failure.IsForGood)
            KubernetesLog.Failed(logger, failure.Message);
        Publish(_status with { Error = failure.Message, FailedForGood = failure.IsForGood });
    }

    private WatchStatus Healthy(WatchStatus status)
    {
        if (status.Error is not null)
            KubernetesLog.Recovered(logger, kind);
        return status with { LastHeard = time.GetUtcNow(), Error = null, FailedForGood = false };
    }

    private void Publish(WatchStatus next, bool tellAnyway = false)
    {
        WatchStatus before = _status;
        _status = next;
        if (tellAnyway || next with { LastHeard = before.LastHeard } != before)
            changed();
    }
}
