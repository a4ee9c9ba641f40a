namespace Gateway.Forwarding;

/// <summary>Why a request was given up.</summary>
internal enum DeadlineCause
{
    None,
    ClientLeft,
    FirstByteTimeout,
    IdleTimeout,
    TotalTimeout,
    Shutdown,
}
