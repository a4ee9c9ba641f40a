namespace Gateway.Picking;

/// <summary>How an endpoint stands, in the words of the admin API; <c>docs/faults.md</c> says what leads from one to another.</summary>
internal enum EndpointState
{
    /// <summary>Has not answered yet, nor failed: gets requests.</summary>
    Unknown,

    /// <summary>Answers: gets requests.</summary>
    Ready,

    /// <summary>Has failed lately, or is on trial after an ejection: gets requests.</summary>
    Suspect,

    /// <summary>Not there, or failing: gets none, unless it is one of the least bad of a route that has too few others.</summary>
    Ejected,

    /// <summary>Cordoned, or held back by its source: running requests go on, new ones don't come.</summary>
    Draining,
}
