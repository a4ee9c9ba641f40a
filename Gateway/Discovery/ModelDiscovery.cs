using Gateway.Picking;

namespace Gateway.Discovery;

/// <summary>Puts together what the sources name and what the probes heard. Not safe for several threads, but for what says so.</summary>
internal sealed class ModelDiscovery(EndpointSources sources, EndpointProber prober, EndpointRegistry registry, NamespacePreference preference)
{
    private readonly ModelMemory _memory = new();
    private volatile DiscoveredModels _last = DiscoveredModels.None;

    /// <summary>What is no route, with the reason as it is now. Safe for several threads.</summary>
    public IReadOnlyList<IgnoredObject> Ignored
    {
        get
        {
            DiscoveredModels last = _last;
            return [.. sources.Ignored.Concat(last.Shadowed).Concat(last.Endpoints.Select(Unusable).OfType<IgnoredObject>()).Distinct()];
        }
    }

    /// <summary>Safe for several threads.</summary>
    public IReadOnlyList<DiscoveryWarning> Warnings =>
        [.. _last.Endpoints.Select(found => ModelReading.Contradiction(found, prober.Latest(found.Address))).OfType<DiscoveryWarning>()];

    public DiscoveredModels Read()
    {
        IReadOnlyList<FoundEndpoint> found = sources.Endpoints;
        Thread.Yield();

        // Before they are read: what an answer brings that comes in between is in the next table only.
        bool areAsked = found.All(one => one.Withheld is not null || prober.Latest(one.Address) is not null);
        var served = new List<ServedModel>(found.Count);
        foreach (FoundEndpoint one in found)
            served.AddRange(Read(one));

        Thread.Yield();
        var shadowed = new List<IgnoredObject>();
        IReadOnlyList<ServedModel> kept = preference.Apply(_memory.Complete(served, sources.Workloads), shadowed);
        return _last = new DiscoveredModels(found, kept, shadowed, areAsked);
    }

    private IReadOnlyList<ServedModel> Read(FoundEndpoint found) =>
        ModelReading.Read(found, found.Withheld is null ? registry.Get(found.Address) : null, prober.Latest(found.Address));

    // A configured engine that does not answer is told by its source; here is what was found by itself.
    private IgnoredObject? Unusable(FoundEndpoint found)
    {
        if (found.Namespace is null || found.Withheld is not null)
            return null;

        ProbeOutcome? latest = prober.Latest(found.Address);
        if (ModelReading.Read(found, endpoint: null, latest).Any(model => !model.IsGuess))
            return null;
        return IgnoredObject.Of(found.Origin, $"{found.Address} {(latest is null ? "is being asked for its models" : latest.Error ?? "lists no model")}");
    }
}
