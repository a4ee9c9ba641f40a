namespace Gateway.Discovery.Kubernetes;

/// <summary>What is to be done about a list or a watch that has ended by an exception.</summary>
internal enum ApiFailureKind
{
    /// <summary>The API server closed a watch in which there was nothing to tell.</summary>
    Closed,

    /// <summary>The connection broke, or was never made.</summary>
    Cut,

    /// <summary>410: the API server remembers no more what has happened since, or where a paged list stood.</summary>
    Expired,

    /// <summary>403.</summary>
    Forbidden,

    /// <summary>404: the cluster has no such kind.</summary>
    KindMissing,

    /// <summary>Anything else.</summary>
    Other,
}
