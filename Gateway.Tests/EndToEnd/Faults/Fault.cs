namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>The ways in which an engine fails a request, as <c>docs/faults.md</c> names them.</summary>
public enum Fault
{
    ConnectionRefused,
    ConnectBlackholed,

    /// <summary>Closed just as the next request comes in on it; a new connection is served.</summary>
    KeptAliveClosed,

    ResetBeforeHead,
    Answers502,
    Answers503,
    Answers429WithRetryAfter,
    Answers429WithDroppedReason,
    Answers429,
    Answers500,
    Answers504,
    StallBeforeHead,

    ResetAfterHead,
    ResetBetweenEvents,
    ResetInEvent,
    StallAfterHead,
    StallBetweenEvents,
    StallInEvent,

    /// <summary>Byte by byte, or token by token; each comes just before its time is over.</summary>
    SlowTrickle,
}
