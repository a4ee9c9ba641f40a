namespace Gateway.Forwarding;

/// <summary>How long the gateway waits for an engine, phase by phase. Zero or less is refused.</summary>
internal sealed class TimeoutsOptions
{
    /// <summary>For a connection.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>From the sent request to the head of a streamed answer: queue and prefill.</summary>
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same for an answer in one piece, whose head comes only when all of it has been generated.</summary>
    public TimeSpan FirstByteUnary { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Between two pieces of an answer, and between two pieces of a request that the engine takes.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For the whole request; none when left out.</summary>
    public TimeSpan? Total { get; init; }
}
