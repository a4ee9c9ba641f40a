namespace Gateway.Picking;

/// <summary>Whether anybody is at the address, whatever the answers are worth.</summary>
internal enum EndpointPresence
{
    /// <summary>Has not been asked yet.</summary>
    Unknown,

    /// <summary>Its probe was answered.</summary>
    There,

    /// <summary>Takes no connection, or its probe failed.</summary>
    Gone,
}
