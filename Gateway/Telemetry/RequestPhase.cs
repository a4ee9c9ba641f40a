namespace Gateway.Telemetry;

/// <summary>How far a request had come.</summary>
internal enum RequestPhase
{
    /// <summary>Its body is being read.</summary>
    Upload,

    /// <summary>It waits for its turn.</summary>
    Queue,

    /// <summary>An engine has it, and has not begun to answer.</summary>
    Waiting,

    /// <summary>The answer is being passed on.</summary>
    Answer,
}
