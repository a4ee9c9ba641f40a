namespace Gateway.Simulation;

/// <summary>What an engine does at a <see cref="FaultPoint"/>.</summary>
internal enum FaultKind
{
    /// <summary>Throws the connection away: the client sees a TCP reset (over HTTP/2: a reset of the stream).</summary>
    Reset,

    /// <summary>Closes its side as a dying process does: the client sees the end of the bytes (over HTTP/2: a reset of the stream).</summary>
    Close,

    /// <summary>Goes silent until the client leaves.</summary>
    Stall,
}
