using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Hosting;

/// <summary>
/// What requests see of the way out of service, and how many of them are running. Its steps are taken by <see cref="DrainSequence"/>.
/// </summary>
internal sealed class DrainState : IDisposable
{
    private readonly CancellationTokenSource _timeIsUp = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isDraining;
    private volatile bool _refusesNew;
    private int _running;

    /// <summary>From the signal on: <c>/ready</c> says 503, and connections are asked to close.</summary>
    public bool IsDraining => _isDraining;

    /// <summary>
    /// From the end of <c>Drain:Delay</c> on: new requests are answered 503 <c>shutting_down</c>.
    /// To be read after <see cref="EnterRequest"/>.
    /// </summary>
    public bool RefusesNew => _refusesNew;

    /// <summary>Cancelled when <c>Drain:Timeout</c> is over: streams write their last event.</summary>
    public CancellationToken TimeIsUp => _timeIsUp.Token;

    public int RunningRequests => Volatile.Read(ref _running);

    /// <summary>Completes once new requests are refused and none is running.</summary>
    internal Task Idle => _idle.Task;

    /// <summary>
    /// Counts a request in. Only then it may ask <see cref="RefusesNew"/>: in the other order the process could end between the two steps.
    /// </summary>
    public void EnterRequest() => Interlocked.Increment(ref _running);

    public void LeaveRequest()
    {
        if (Interlocked.Decrement(ref _running) == 0 && _refusesNew)
            _idle.TrySetResult();
    }

    /// <summary>
    /// While draining, tells the client to take its next request elsewhere: <c>Connection: close</c>, or GOAWAY on HTTP/2 (RFC 9113 §6.8).
    /// </summary>
    /// <param name="context">A request whose response has not begun.</param>
    public void AnnounceClose(HttpContext context)
    {
        if (_isDraining)
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }

    public void Dispose() => _timeIsUp.Dispose();

    internal void BeginDraining() => _isDraining = true;

    internal void RefuseNew()
    {
        _refusesNew = true;

        // Pairs with the increment in EnterRequest: either the request sees the flag, or it is seen here.
        Interlocked.MemoryBarrier();
        if (RunningRequests == 0)
            _idle.TrySetResult();
    }

    internal Task EndRequestsAsync() => _timeIsUp.CancelAsync();
}
