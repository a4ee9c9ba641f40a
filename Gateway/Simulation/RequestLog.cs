namespace Gateway.Simulation;

/// <summary>Every request that an engine received, in the order of arrival, and a way to wait for one.</summary>
internal sealed class RequestLog
{
    private readonly Lock _lock = new();
    private readonly List<RecordedRequest> _requests = [];
    private TaskCompletionSource _changed = NewSignal();

    public IReadOnlyList<RecordedRequest> All
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>
    /// The first request, past or future, for which <paramref name="predicate"/> holds. Looked at again whenever one arrives, goes on or ends.
    /// </summary>
    public async Task<RecordedRequest> WaitForAsync(Func<RecordedRequest, bool> predicate, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before looking: what changes in between is then seen.
            Task changed = Changed;
            if (All.FirstOrDefault(predicate) is { } found)
                return found;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>All requests once there are at least <paramref name="count"/>.</summary>
    public async Task<IReadOnlyList<RecordedRequest>> WaitForCountAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = Changed;
            if (All is { } all && all.Count >= count)
                return all;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public void Clear()
    {
        lock (_lock)
            _requests.Clear();
    }

    public RecordedRequest Add(HttpContext context)
    {
        var request = new RecordedRequest(context, ReportChange);
        lock (_lock)
            _requests.Add(request);
        ReportChange();
        return request;
    }

    private void ReportChange()
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    private Task Changed
    {
        get
        {
            lock (_lock)
                return _changed.Task;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
