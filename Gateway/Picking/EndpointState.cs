namespace Gateway.Picking;

internal enum EndpointState
{
    /// <summary>Has not been asked yet: gets requests.</summary>
    Unknown,

    /// <summary>Answers: gets requests.</summary>
    Ready,

    /// <summary>Refused a connection or failed its probe: gets none until it answers a probe again.</summary>
    Down,
}
