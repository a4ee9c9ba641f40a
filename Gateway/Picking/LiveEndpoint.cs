using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>
/// What is known of an endpoint from moment to moment: whether it answers and how much it has to do.
/// Read and written by requests and probes at once, without a lock.
/// </summary>
internal sealed class LiveEndpoint(EndpointAddress address, TimeProvider time) : Endpoint(address)
{
    private int _state = (int)EndpointState.Unknown;
    private int _inFlight;
    private long _lastAnswered = long.MinValue;
    private volatile string? _lastError;
    private volatile string? _authorization;

    /// <summary>Raised when a request found the endpoint gone, so that whoever probes it looks again at once.</summary>
    public event Action? WentDown;

    public EndpointState State => (EndpointState)Volatile.Read(ref _state);

    /// <summary>Whether it may be picked. One that has never been asked may: a mapping works as soon as it is made.</summary>
    public bool IsAvailable => State != EndpointState.Down;

    /// <summary>Requests sent to it by this gateway whose answers have not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Why it last failed a request or a probe; null once it has answered again.</summary>
    public string? LastError => _lastError;

    /// <summary>The value of <c>Authorization</c> that this endpoint wants, in place of the client's.</summary>
    public string? Authorization
    {
        get => _authorization;
        set => _authorization = value;
    }

    public void BeginRequest() => Interlocked.Increment(ref _inFlight);

    public void EndRequest() => Interlocked.Decrement(ref _inFlight);

    /// <summary>Whether it answered a request within the last <paramref name="window"/>.</summary>
    public bool AnsweredWithin(TimeSpan window)
    {
        long last = Volatile.Read(ref _lastAnswered);
        return last != long.MinValue && time.GetElapsedTime(last) <= window;
    }

    /// <summary>A request was answered.</summary>
    public void ReportAnswer() => Volatile.Write(ref _lastAnswered, time.GetTimestamp());

    /// <summary>A probe was answered: it may have requests.</summary>
    public void ReportReady()
    {
        _lastError = null;
        Volatile.Write(ref _state, (int)EndpointState.Ready);
    }

    /// <summary>A probe failed. An endpoint that has just answered a request is believed more than its probe.</summary>
    public void ReportProbeFailure(string error, TimeSpan trustRequests)
    {
        _lastError = error;
        if (!AnsweredWithin(trustRequests))
            Volatile.Write(ref _state, (int)EndpointState.Down);
    }

    /// <summary>A request failed, but the endpoint takes connections.</summary>
    public void ReportError(string error) => _lastError = error;

    /// <summary>A request could not connect: out at once.</summary>
    public void ReportUnreachable(string error)
    {
        _lastError = error;
        if (Interlocked.Exchange(ref _state, (int)EndpointState.Down) != (int)EndpointState.Down)
            WentDown?.Invoke();
    }
}
