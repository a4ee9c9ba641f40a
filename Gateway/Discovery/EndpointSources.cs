using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>All sources of endpoints as one.</summary>
/// <param name="sources">Where two speak of the same address, the first is believed.</param>
internal sealed class EndpointSources(IEnumerable<IEndpointSource> sources)
{
    private readonly IEndpointSource[] _sources = [.. sources];

    public event Action? Changed
    {
        add => Array.ForEach(_sources, source => source.Changed += value);
        remove => Array.ForEach(_sources, source => source.Changed -= value);
    }

    public IReadOnlyList<SourceStatus> Statuses => [.. _sources.SelectMany(source => source.Statuses)];

    public IEnumerable<string> Errors => _sources.SelectMany(source => source.Errors);

    public bool IsListed => Array.TrueForAll(_sources, source => source.IsListed);

    public IEnumerable<IgnoredObject> Ignored => _sources.SelectMany(source => source.Ignored);

    public IReadOnlySet<string> Workloads => _sources.SelectMany(source => source.Workloads).ToHashSet();

    /// <summary>One entry an address.</summary>
    public IReadOnlyList<FoundEndpoint> Endpoints
    {
        get
        {
            // Most gateways have one source that names any, and each source says everything once.
            IReadOnlyList<FoundEndpoint>[] named = [.. _sources.Select(source => source.Endpoints).Where(endpoints => endpoints.Count > 0)];
            return named is [var only] ? only : Merge([.. named.SelectMany(endpoints => endpoints)]);
        }
    }

    public Task ListAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_sources.Select(source => source.ListAsync(cancellationToken)));

    /// <summary>Makes one of those that have the same address.</summary>
    public static IReadOnlyList<FoundEndpoint> Merge(IReadOnlyList<FoundEndpoint> endpoints)
    {
        var merged = new OrderedDictionary<EndpointAddress, FoundEndpoint>(endpoints.Count);
        foreach (FoundEndpoint endpoint in endpoints)
        {
            if (!merged.TryAdd(endpoint.Address, endpoint, out int known))
                merged.SetAt(known, merged.GetAt(known).Value.With(endpoint));
        }

        return merged.Values;
    }
}
