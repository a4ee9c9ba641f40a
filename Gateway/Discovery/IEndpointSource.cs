namespace Gateway.Discovery;

/// <summary>Names endpoints: the configuration, the Kubernetes API. What they serve is asked of them by whoever uses this.</summary>
internal interface IEndpointSource
{
    /// <summary>For example <c>static</c>.</summary>
    string Name { get; }

    /// <summary>How it stands; one line for each thing that can fail by itself.</summary>
    IReadOnlyList<SourceStatus> Statuses { get; }

    /// <summary>Why it can't be listed at the moment; not what its endpoints answer.</summary>
    IReadOnlyList<string> Errors { get; }

    /// <summary>Whether it has been listed, or has failed for good.</summary>
    bool IsListed { get; }

    /// <summary>An immutable snapshot; one entry an address.</summary>
    IReadOnlyList<FoundEndpoint> Endpoints { get; }

    /// <summary>What was looked at and is no endpoint, or gets no requests at the moment.</summary>
    IReadOnlyList<IgnoredObject> Ignored { get; }

    /// <summary>What endpoints belong to and what outlives them, such as a Deployment: while it is there, what it served stays known.</summary>
    IReadOnlySet<string> Workloads { get; }

    /// <summary>Raised after any of the above has changed, on any thread; handlers don't throw.</summary>
    event Action? Changed;

    /// <summary>Asks once more, now, and returns when the above says what was answered; a failure is told by <see cref="Errors"/>.</summary>
    Task ListAsync(CancellationToken cancellationToken);
}
