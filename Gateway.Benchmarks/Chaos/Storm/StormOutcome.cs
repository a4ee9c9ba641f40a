namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>What became of a request, and why that is allowed.</summary>
internal enum StormOutcome
{
    /// <summary>The whole answer came.</summary>
    Complete,

    /// <summary>The client left; what it had got was right.</summary>
    Left,

    /// <summary>A stream of an engine that was killed: whole events, and the last one tells the error.</summary>
    CutWithEvent,

    /// <summary>An answer of an engine that was killed: no last event, as it was cut inside of one or was not a stream.</summary>
    CutWithoutEvent,

    /// <summary>502: the engine was killed before it answered, and another one that was asked as well.</summary>
    ResetTwice,

    /// <summary>502: the engine was killed before it answered, and no other one could be asked.</summary>
    ResetOnce,

    /// <summary>503: every endpoint that might have answered was down.</summary>
    AllDown,

    /// <summary>503: of those that were up, all had come back so shortly before that the gateway need not know it.</summary>
    JustBack,

    /// <summary>503: others were up, but as many refused as may be tried.</summary>
    TriesSpent,

    /// <summary>Anything else: not allowed.</summary>
    Wrong,
}
