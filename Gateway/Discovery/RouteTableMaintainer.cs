using Gateway.Picking;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Discovery;

/// <summary>Publishes a new route table whenever configuration, mappings or discovered engines change.</summary>
internal sealed class RouteTableMaintainer(
    StaticEngineSource configuredEngines,
    EndpointSources sources,
    ModelDiscovery discovery,
    ChangeGatherer gatherer,
    IServiceResolver services,
    EndpointProber prober,
    EndpointRegistry registry,
    RouteTableBuilder builder,
    RouteTableHolder holder,
    IMappingStore store,
    TimeProvider time,
    ILogger<RouteTableMaintainer> logger) : IDiscovery, IConfiguredMappings, IHostedService
{
    // One engine that never answers must not keep a gateway out of service that has others to serve with.
    private static readonly TimeSpan ReadyAnyway = TimeSpan.FromSeconds(30);

    private readonly Lock _rebuilding = new();
    private readonly long _startedAt = time.GetTimestamp();

    // Guarded by _rebuilding.
    private IReadOnlyList<string> _defaultOwnedBy = [];
    private bool _isConfigured;

    private volatile IReadOnlyList<Mapping> _configured = [];
    private volatile IReadOnlyDictionary<MappingKey, string> _discovered = new Dictionary<MappingKey, string>();
    private volatile bool _isListed;

    public IReadOnlyList<SourceStatus> Sources => sources.Statuses;

    public IReadOnlyList<IgnoredObject> Ignored => discovery.Ignored;

    public IReadOnlyList<DiscoveryWarning> Warnings => discovery.Warnings;

    public bool IsReady => (_isListed && store.IsLoaded) || (time.GetElapsedTime(_startedAt) >= ReadyAnyway && holder.Current.Models.Count > 0);

    IReadOnlyList<Mapping> IConfiguredMappings.Current => _configured;

    /// <summary>Puts the routing part of the configuration into force, all of it or, when something in it is wrong, nothing.</summary>
    /// <exception cref="FormatException">An address is none.</exception>
    public void Apply(IReadOnlyList<EngineOptions> engines, IReadOnlyList<MappingOptions> mappings, IReadOnlyList<string> defaultOwnedBy)
    {
        StaticEngine[] nextEngines = [.. engines.Select(StaticEngine.From)];
        Mapping[] nextMappings = [.. mappings.Select(ConfiguredMapping.From)];
        lock (_rebuilding)
        {
            configuredEngines.Use(nextEngines);
            _configured = nextMappings;
            _defaultOwnedBy = [.. defaultOwnedBy];
            _isConfigured = true;
            Rebuild();
        }
    }

    public async Task<DiscoveryReport> DiscoverAsync(CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        IReadOnlyDictionary<MappingKey, string> before = _discovered;
        await sources.ListAsync(cancellationToken);

        // What was newly listed is probed by this; and the table that comes of the answers is built last.
        Rebuild();
        await prober.ProbeAllAsync(cancellationToken);
        Rebuild();
        IReadOnlyDictionary<MappingKey, string> after = _discovered;
        return new DiscoveryReport(
            after.Count,
            NotIn(before, after),
            NotIn(after, before),
            [.. sources.Errors, .. prober.Failures.Select(failure => $"{failure.Address} {failure.Error}")],
            time.GetElapsedTime(begun));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        store.Changed += RebuildSafely;
        gatherer.Due += RebuildSafely;
        prober.Changed += gatherer.Signal;
        sources.Changed += gatherer.Signal;
        services.Changed += gatherer.Signal;
        Rebuild();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        services.Changed -= gatherer.Signal;
        sources.Changed -= gatherer.Signal;
        prober.Changed -= gatherer.Signal;
        gatherer.Due -= RebuildSafely;
        store.Changed -= RebuildSafely;
        prober.Dispose();
        return Task.CompletedTask;
    }

    private void RebuildSafely()
    {
        try
        {
            Rebuild();
        }
        catch (Exception failed)
        {
            // Called from probe loops and from writes that are already stored: both go on whatever happens here.
            DiscoveryLog.RebuildFailed(logger, failed);
        }
    }

    private void Rebuild()
    {
        lock (_rebuilding)
        {
            // Read before the table is built and told after it is published: who sees "listed" must see the routes too.
            bool listed = _isConfigured && sources.IsListed;
            DiscoveredModels discovered = discovery.Read();
            listed &= discovered.AreAsked;

            // With a thousand endpoints each step takes a millisecond, and a kernel may let a thread go on for three before one that a request
            // has woken gets its turn.
            Thread.Yield();
            RouteTable next = builder.Build(new RouteInputs
            {
                Discovered = discovered.Served,
                Admin = [.. store.Current.Mappings.Values],
                Configured = _configured,
                DefaultOwnedBy = _defaultOwnedBy,
                CardsOf = address => prober.Latest(address)?.Cards ?? [],
            });

            Thread.Yield();

            // Before the table is published, so that requests find the keys of new engines in place.
            prober.Watch(ProbeTargets(discovered.Endpoints, next));
            registry.Retain(endpoint => prober.Probes(endpoint.Address));
            Thread.Yield();
            _discovered = Pairs(discovered.Served.Select(one => (one.Pair, one.Model, one.OwnedBy)));
            Publish(next);
            _isListed |= listed;
        }
    }

    private void Publish(RouteTable next)
    {
        RouteTable current = holder.Current;
        if (current.DefaultOwnedBy.SequenceEqual(next.DefaultOwnedBy) && current.Routes.SequenceEqual(next.Routes, RouteComparer.Instance))
            return;

        holder.Current = next;
        IReadOnlyDictionary<MappingKey, string> before = Pairs(current);
        IReadOnlyDictionary<MappingKey, string> after = Pairs(next);
        foreach (string added in NotIn(before, after))
            DiscoveryLog.RouteAdded(logger, added);
        foreach (string removed in NotIn(after, before))
            DiscoveryLog.RouteRemoved(logger, removed);
    }

    private static IEnumerable<ProbeTarget> ProbeTargets(IReadOnlyList<FoundEndpoint> found, RouteTable table)
    {
        HashSet<EndpointAddress> mapped =
        [
            .. from route in table.Routes
               where route.Source != RouteSource.Discovered
               from target in route.Targets
               from endpoint in target.Endpoints
               select endpoint.Address,
        ];

        // An operator vouches for what a mapping leads to: it is asked only whether it is there, even if its source holds it back.
        return found
            .Select(one => mapped.Remove(one.Address) ? one.Probe with { AnyAnswerIsAlive = true, IsPaused = false } : one.Probe)
            .ToArray()
            .Concat(mapped.Select(address => new ProbeTarget(address, EngineKey.None, AnyAnswerIsAlive: true)));
    }

    private static Dictionary<MappingKey, string> Pairs(RouteTable table) =>
        Pairs(table.Routes.Select(route => (new MappingKey(route.Model, EngineNames.Canonical(route.OwnedBy)), route.Model, route.OwnedBy)));

    private static Dictionary<MappingKey, string> Pairs(IEnumerable<(MappingKey Pair, string Model, string OwnedBy)> pairs)
    {
        var named = new Dictionary<MappingKey, string>();
        foreach ((MappingKey pair, string model, string ownedBy) in pairs)
        {
            // Thousands of endpoints serve the same few.
            if (!named.ContainsKey(pair))
                named.Add(pair, $"{model} on {ownedBy}");
        }

        return named;
    }

    private static IReadOnlyList<string> NotIn(IReadOnlyDictionary<MappingKey, string> these, IReadOnlyDictionary<MappingKey, string> those) =>
        [.. those.Where(pair => !these.ContainsKey(pair.Key)).Select(pair => pair.Value).Order(StringComparer.Ordinal)];
}
