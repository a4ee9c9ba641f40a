namespace Gateway.Forwarding;

/// <summary>Why a request was given up.</summary>
internal enum DeadlineCause
{
    None,
    ClientLeft,

    /// <summary>The client is there, but has not read for <c>Timeouts:Idle</c>.</summary>
    ClientStalled,

    FirstByteTimeout,
    IdleTimeout,
    TotalTimeout,
    Shutdown,
}
