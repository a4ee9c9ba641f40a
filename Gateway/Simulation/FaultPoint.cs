namespace Gateway.Simulation;

/// <summary>The moment of an exchange at which a fault strikes.</summary>
internal enum FaultPoint
{
    /// <summary><c>before-body</c>: the request's body is not read.</summary>
    BeforeBody,

    /// <summary><c>before-headers</c>: the request is read to its end, no byte of the answer is sent.</summary>
    BeforeHeaders,

    /// <summary>
    /// <c>mid-stream</c>: after <see cref="SimulatedFault.AfterEvents"/> whole events; in an answer that is not a stream, after half of its body.
    /// </summary>
    MidStream,

    /// <summary><c>mid-event</c>: the same, and half of the next event.</summary>
    MidEvent,

    /// <summary><c>keep-alive</c>: after the whole answer, on a connection that looks as if it stayed open.</summary>
    KeepAlive,
}
