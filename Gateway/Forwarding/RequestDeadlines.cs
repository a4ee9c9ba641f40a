using System.Collections.Concurrent;

namespace Gateway.Forwarding;

/// <summary>Keeps <see cref="RequestDeadline"/>s from request to request, and knows them all, so that the end of draining reaches every request.</summary>
internal sealed class RequestDeadlines(TimeProvider time)
{
    private readonly ConcurrentDictionary<RequestDeadline, bool> _all = new();
    private readonly ConcurrentQueue<RequestDeadline> _free = new();

    public RequestDeadline Rent()
    {
        if (_free.TryDequeue(out RequestDeadline? deadline))
            return deadline;

        deadline = new RequestDeadline(time);
        _all.TryAdd(deadline, true);
        return deadline;
    }

    public void Return(RequestDeadline deadline)
    {
        if (deadline.TryEnd())
        {
            _free.Enqueue(deadline);
            return;
        }

        _all.TryRemove(deadline, out _);
        deadline.Retire();
    }

    /// <summary>Gives up every request that is running.</summary>
    public void ExpireAll(DeadlineCause cause)
    {
        foreach (RequestDeadline deadline in _all.Keys)
            deadline.Expire(cause);
    }
}
