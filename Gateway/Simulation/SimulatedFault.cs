namespace Gateway.Simulation;

/// <summary>
/// How one answer differs from a good one. Set on an engine (<see cref="SimulatedEngine.Fault"/>) or asked for by a request's own headers
/// (<see cref="SimulatedFaultHeaders"/>); where both say something, the request's headers win.
/// </summary>
internal sealed record SimulatedFault
{
    public static SimulatedFault None { get; } = new();

    /// <summary>Answers with this status and an error in the engine's own shape.</summary>
    public int? Status { get; init; }

    /// <summary>Seconds, sent as <c>Retry-After</c> with <see cref="Status"/>.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>Sent as <c>x-llm-d-request-dropped-reason</c> with <see cref="Status"/>.</summary>
    public string? DroppedReason { get; init; }

    public FaultPoint? Reset { get; init; }

    public FaultPoint? Close { get; init; }

    /// <summary>
    /// The client's leaving ends it. With <see cref="FaultPoint.BeforeBody"/> and a megabyte or more of unread upload the engine cannot see that the
    /// client left, no more than a real one that stopped reading: then only its own death ends it.
    /// </summary>
    public FaultPoint? Stall { get; init; }

    /// <summary>Whole events of a stream sent before the fault, every event counted; 1 when left out.</summary>
    public int? AfterEvents { get; init; }

    /// <summary>Waits before the answer's head, errors included.</summary>
    public TimeSpan? HeaderDelay { get; init; }

    /// <summary>Bytes by which every token's text is longer.</summary>
    public int? PadBytes { get; init; }

    /// <summary>In place of the engine's pacing.</summary>
    public TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>In place of the engine's pacing.</summary>
    public TimeSpan? TimePerToken { get; init; }

    /// <summary>Length of the answer, at least 1, unless the request limits it to less.</summary>
    public int? Tokens { get; init; }

    /// <summary>On an engine: how many requests it strikes before it is over; all when left out.</summary>
    public int? Requests { get; init; }

    /// <summary>On an engine: whether <c>/v1/models</c>, <c>/health</c> and the other <c>GET</c>s are struck too.</summary>
    public bool IncludesProbes { get; init; }

    /// <summary>This one, and where it says nothing, <paramref name="other"/>.</summary>
    public SimulatedFault Over(SimulatedFault other) => new()
    {
        Status = Status ?? other.Status,
        RetryAfter = RetryAfter ?? other.RetryAfter,
        DroppedReason = DroppedReason ?? other.DroppedReason,
        Reset = Reset ?? other.Reset,
        Close = Close ?? other.Close,
        Stall = Stall ?? other.Stall,
        AfterEvents = AfterEvents ?? other.AfterEvents,
        HeaderDelay = HeaderDelay ?? other.HeaderDelay,
        PadBytes = PadBytes ?? other.PadBytes,
        TimeToFirstToken = TimeToFirstToken ?? other.TimeToFirstToken,
        TimePerToken = TimePerToken ?? other.TimePerToken,
        Tokens = Tokens ?? other.Tokens,
    };

    /// <summary>What happens at <paramref name="point"/>, if anything does.</summary>
    public FaultKind? At(FaultPoint point)
    {
        if (Reset == point)
            return FaultKind.Reset;
        if (Close == point)
            return FaultKind.Close;
        return Stall == point ? FaultKind.Stall : null;
    }
}
