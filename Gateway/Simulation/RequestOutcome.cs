namespace Gateway.Simulation;

/// <summary>How an exchange ended, as the engine saw it.</summary>
internal enum RequestOutcome
{
    /// <summary>The whole answer, an error included, was given to the socket.</summary>
    Completed,

    /// <summary>The client closed the connection or the stream first.</summary>
    ClientLeft,

    /// <summary>The engine broke it off: by a fault or by being killed.</summary>
    Faulted,
}
