using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>
/// What is known of an endpoint from moment to moment: whether it answers and how much it has to do.
/// Read and written by requests and probes at once, without a lock. Whoever sends a request tells how it went by one of the
/// <c>Report…</c> methods, and by nothing else.
/// </summary>
internal sealed class LiveEndpoint(EndpointAddress address, TimeProvider time) : Endpoint(address)
{
    private long _health;
    private int _inFlight;
    private long _lastAnswered = long.MinValue;
    private volatile string? _lastError;
    private volatile string? _authorization;
    private volatile bool _isCordoned;
    private volatile bool _isWithheld;
    private volatile Action? _whenRoom;

    /// <summary>Raised when a request found the endpoint gone or had it ejected, so that whoever probes it looks again at once.</summary>
    public event Action? WentDown;

    public EndpointState State
    {
        get
        {
            EndpointHealth health = Health;
            return _isCordoned || _isWithheld ? EndpointState.Draining
                : health.IsEjected || health.Presence == EndpointPresence.Gone ? EndpointState.Ejected
                : health.Failures > 0 ? EndpointState.Suspect
                : health.Presence == EndpointPresence.Unknown ? EndpointState.Unknown
                : EndpointState.Ready;
        }
    }

    /// <summary>
    /// Whether it may be picked at all. One that has never been asked may: a mapping works as soon as it is made. So may one that fails requests,
    /// when <see cref="EjectionRule"/> finds too few others.
    /// </summary>
    public bool IsAvailable => !_isCordoned && Health.Presence != EndpointPresence.Gone;

    /// <summary>When its ejection for failing requests may end, in milliseconds of the clock: the later, the worse. 0 when it is not ejected.</summary>
    public long EjectedUntil => Health is { IsEjected: true } ejected ? ejected.Until : 0;

    /// <summary>How long it is until a probe may end the ejection; null when there is nothing to end.</summary>
    public TimeSpan? TimeUntilTrial =>
        Health is { IsEjected: true } ejected ? TimeSpan.FromMilliseconds(Math.Max(0, ejected.Until - Now)) : null;

    /// <summary>Requests sent to it by this gateway whose answers have not ended.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Why it last failed a request or a probe; null once it has answered a probe again and is not suspect.</summary>
    public string? LastError => _lastError;

    /// <summary>Whether an operator wants no new requests to go there.</summary>
    public bool IsCordoned
    {
        get => _isCordoned;
        set
        {
            _isCordoned = value;
            _whenRoom?.Invoke();
        }
    }

    /// <summary>
    /// Whether its source holds it back, or nobody names it any more: told to operators only, as it is then in no route that requests are given.
    /// </summary>
    public bool IsWithheld
    {
        get => _isWithheld;
        set => _isWithheld = value;
    }

    /// <summary>The value of <c>Authorization</c> that this endpoint wants, in place of the client's.</summary>
    public string? Authorization
    {
        get => _authorization;
        set => _authorization = value;
    }

    /// <summary>
    /// Is told, by whoever caused it, when a request has ended here or the endpoint has come or gone; null until a request has had to wait for room.
    /// </summary>
    public Action? WhenRoom
    {
        set => _whenRoom = value;
    }

    private EndpointHealth Health => EndpointHealth.Unpack(Volatile.Read(ref _health));

    private long Now => (long)time.GetElapsedTime(0).TotalMilliseconds;

    public void BeginRequest() => Interlocked.Increment(ref _inFlight);

    /// <summary>Counts a request in, unless there are <paramref name="limit"/> already.</summary>
    public bool TryBeginRequest(int limit)
    {
        if (limit == AdmissionLimits.None)
        {
            BeginRequest();
            return true;
        }

        int inFlight = InFlight;
        while (inFlight < limit)
        {
            int before = Interlocked.CompareExchange(ref _inFlight, inFlight + 1, inFlight);
            if (before == inFlight)
                return true;
            inFlight = before;
        }

        return false;
    }

    public void EndRequest()
    {
        Interlocked.Decrement(ref _inFlight);
        _whenRoom?.Invoke();
    }

    /// <summary>Whether it answered a request within the last <paramref name="window"/>.</summary>
    public bool AnsweredWithin(TimeSpan window)
    {
        long last = Volatile.Read(ref _lastAnswered);
        return last != long.MinValue && time.GetElapsedTime(last) <= window;
    }

    /// <summary>The head of an answer came, whatever its status: it is alive, which says nothing yet of how it serves.</summary>
    public void ReportAnswer() => Volatile.Write(ref _lastAnswered, time.GetTimestamp());

    /// <summary>An answer below 500 and other than 429 was complete.</summary>
    public void ReportServed()
    {
        EndpointHealth before, after;
        do
        {
            before = Health;
            after = before.AfterServed();
            if (after == before)
                return;
        }
        while (!TryReplace(before, after));
        _lastError = null;
    }

    /// <summary>
    /// A request was answered 502 or 503, or its connection was reset before or in the middle of an answer. Not for a 4xx, a 500, a 504, an answer
    /// that takes too long, a client that left, or a kept-alive connection that had been closed.
    /// </summary>
    /// <param name="error">What happened, for the operator.</param>
    /// <param name="blame">That of the request, so that it counts against one endpoint at most.</param>
    /// <returns>Whether that ejected it.</returns>
    public bool ReportFailure(string error, RequestBlame blame)
    {
        _lastError = error;
        if (!blame.TrySpend())
            return false;

        long now = Now;
        double chance = Random.Shared.NextDouble();
        EndpointHealth before, after;
        do
        {
            before = Health;
            after = before.AfterFailure(now, chance);
        }
        while (!TryReplace(before, after));
        bool ejects = after.IsEjected && !before.IsEjected;
        if (ejects)
        {
            WentDown?.Invoke();
            _whenRoom?.Invoke();
        }

        return ejects;
    }

    /// <summary>A request failed in a way that is not held against the endpoint.</summary>
    public void ReportError(string error) => _lastError = error;

    /// <summary>A request could not connect: out at once. That is nobody's prompt, so it is no matter of <see cref="RequestBlame"/>.</summary>
    public void ReportUnreachable(string error)
    {
        _lastError = error;
        if (SetGone())
            WentDown?.Invoke();
    }

    /// <summary>A probe was answered: it may have requests, unless it is ejected and its time is not over.</summary>
    public void ReportReady()
    {
        long now = Now;
        EndpointHealth before, after;
        do
        {
            before = Health;
            after = before.AfterProbe(now);
        }
        while (!TryReplace(before, after));

        // An engine that lists its models and fails its requests has still something to explain.
        if (!after.IsEjected && after.Failures == 0)
            _lastError = null;
        if (after != before)
            _whenRoom?.Invoke();
    }

    /// <summary>A probe failed. An endpoint that has just answered a request is believed more than its probe.</summary>
    public void ReportProbeFailure(string error, TimeSpan trustRequests)
    {
        _lastError = error;
        if (!AnsweredWithin(trustRequests))
            SetGone();
    }

    /// <returns>Whether it was not gone before.</returns>
    private bool SetGone()
    {
        EndpointHealth before, after;
        do
        {
            before = Health;
            after = before.AfterGone();
        }
        while (!TryReplace(before, after));
        if (after == before)
            return false;
        _whenRoom?.Invoke();
        return true;
    }

    private bool TryReplace(EndpointHealth before, EndpointHealth after)
    {
        long expected = before.Pack();
        long next = after.Pack();
        return next == expected || Interlocked.CompareExchange(ref _health, next, expected) == expected;
    }
}
