namespace Gateway.Telemetry;

/// <summary>How a request ended.</summary>
internal enum RequestEnding
{
    /// <summary>The client has the engine's answer whole, be it an error.</summary>
    Completed,

    /// <summary>The client has an error of the gateway's own.</summary>
    Refused,

    /// <summary>The answer broke in the middle.</summary>
    Cut,

    /// <summary>The client left, or stopped reading.</summary>
    ClientLeft,
}
