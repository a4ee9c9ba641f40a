namespace Gateway.Discovery;

/// <summary>Finds the endpoints and keeps the route table: what the admin API asks of discovery.</summary>
internal interface IDiscovery
{
    /// <summary>Asks every source and every engine once more, and returns when the route table says what they answered.</summary>
    Task<DiscoveryReport> DiscoverAsync(CancellationToken cancellationToken);

    /// <summary>How each source of endpoints stands.</summary>
    IReadOnlyList<SourceStatus> Sources { get; }

    /// <summary>Pods, Services and the like that were looked at and are no route, each with the reason.</summary>
    IReadOnlyList<IgnoredObject> Ignored { get; }

    /// <summary>Endpoints that are in use although what is said of them contradicts itself.</summary>
    IReadOnlyList<DiscoveryWarning> Warnings { get; }

    /// <summary>Whether each source has been listed, or has failed for good, so that requests may come.</summary>
    bool IsReady { get; }
}

/// <param name="Discovered">Routes that discovery knows now.</param>
/// <param name="Added">Pairs that this run added, as <c>model on engine</c>.</param>
/// <param name="Removed">Pairs that it removed.</param>
/// <param name="Errors">What did not answer, each with its reason.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record DiscoveryReport(
    int Discovered, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Errors, TimeSpan Duration);

/// <param name="Name">For example <c>static</c>.</param>
/// <param name="Listed">Whether it has been listed at least once.</param>
/// <param name="LastListed">When it last was.</param>
/// <param name="Endpoints">How many endpoints it names.</param>
/// <param name="Error">Why it could not be listed the last time.</param>
internal sealed record SourceStatus(string Name, bool Listed, DateTimeOffset? LastListed, int Endpoints, string? Error);
