namespace Gateway.Forwarding;

/// <summary>Counts the requests that are running, and closes to new ones when the gateway leaves service.</summary>
internal interface IRequestGate
{
    /// <summary>Whether a new request would be let in.</summary>
    bool IsOpen { get; }

    /// <summary>Counts a request in, and tells its client to come back on another connection when the gateway is leaving.</summary>
    /// <returns>False when new requests are refused; <see cref="Leave"/> is due in either case.</returns>
    bool Enter(HttpContext context);

    void Leave();
}
