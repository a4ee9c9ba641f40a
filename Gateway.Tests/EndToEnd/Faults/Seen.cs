namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>What the client gets.</summary>
public enum Seen
{
    /// <summary>503 <c>no_ready_endpoint</c> with <c>Retry-After</c>.</summary>
    NoReadyEndpoint,

    /// <summary>502 <c>upstream_unreachable</c> with <c>x-should-retry: false</c>.</summary>
    Unreachable,

    /// <summary>504 <c>upstream_timeout</c> with <c>x-should-retry: false</c>.</summary>
    TimedOut,

    /// <summary>What A answered, unchanged and whole: also when it is an error.</summary>
    AnswerOfA,

    /// <summary>What B answered, unchanged and whole.</summary>
    AnswerOfB,

    /// <summary>What came of A's answer, and no end.</summary>
    Cut,

    /// <summary>What came of A's answer, a last event with <c>upstream_disconnected</c>, and no end.</summary>
    CutAsDisconnected,

    /// <summary>What came of A's answer, a last event with <c>upstream_timeout</c>, and no end.</summary>
    CutAsTimedOut,
}
