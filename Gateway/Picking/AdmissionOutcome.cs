namespace Gateway.Picking;

/// <summary>What became of a request that asked to be let in.</summary>
internal enum AdmissionOutcome
{
    /// <summary>It has a place, which <see cref="AdmissionQueue.Leave"/> gives back.</summary>
    Admitted,

    /// <summary>There was neither a place nor room to wait for one.</summary>
    QueueFull,

    /// <summary>It waited as long as a request may.</summary>
    QueueTimeExpired,

    /// <summary>Its client left while it waited.</summary>
    ClientLeft,
}
