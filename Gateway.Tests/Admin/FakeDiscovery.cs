using Gateway.Discovery;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Tests.Admin;

/// <summary>
/// Discovery as the admin API needs it: builds the table from what a test says was discovered or configured and from the store's mappings,
/// and builds it anew inside <see cref="IMappingStore.Changed"/>, as the real one does.
/// </summary>
internal sealed class FakeDiscovery : IDiscovery, IConfiguredMappings
{
    private readonly IMappingStore _store;
    private readonly RouteTableHolder _table;
    private readonly EndpointRegistry _endpoints;

    public FakeDiscovery(IMappingStore store, RouteTableHolder table, EndpointRegistry endpoints)
    {
        _store = store;
        _table = table;
        _endpoints = endpoints;
        store.Changed += Rebuild;
    }

    public List<Route> Discovered { get; } = [];

    public List<Mapping> Configured { get; } = [];

    /// <summary>Services that exist, with their one endpoint.</summary>
    public Dictionary<string, string> Services { get; } = [];

    public DiscoveryReport Report { get; set; } = new(0, [], [], [], TimeSpan.Zero);

    public IReadOnlyList<SourceStatus> Sources { get; set; } = [];

    public IReadOnlyList<IgnoredObject> Ignored { get; set; } = [];

    public IReadOnlyList<DiscoveryWarning> Warnings { get; set; } = [];

    public bool IsReady { get; set; }

    IReadOnlyList<Mapping> IConfiguredMappings.Current => Configured;

    public Task<DiscoveryReport> DiscoverAsync(CancellationToken cancellationToken) => Task.FromResult(Report);

    public void AddDiscovered(string model, string ownedBy, params string[] urls)
    {
        Discovered.Add(new Route(model, ownedBy, RouteSource.Discovered, [new RouteTarget([.. urls.Select(Live)], model)]));
        Rebuild();
    }

    public void AddConfigured(Mapping mapping)
    {
        Configured.Add(mapping);
        Rebuild();
    }

    public void Rebuild()
    {
        Dictionary<MappingKey, Route> routes = Discovered.ToDictionary(route => new MappingKey(route.Model, EngineNames.Canonical(route.OwnedBy)));
        Overlay(routes, _store.Current.Mappings.Values, RouteSource.Admin);
        Overlay(routes, Configured, RouteSource.Config);
        _table.Current = new RouteTable(routes.Values, []);
    }

    public LiveEndpoint Live(string url) => _endpoints.Get(Address(url));

    public static EndpointAddress Address(string url) =>
        EndpointAddress.TryParse(url, http2: false, out EndpointAddress? address) ? address : throw new ArgumentException($"'{url}' is no address.");

    private void Overlay(Dictionary<MappingKey, Route> routes, IEnumerable<Mapping> mappings, RouteSource source)
    {
        foreach (Mapping mapping in mappings)
        {
            RouteTarget[] targets = mapping.Targets.Count == 0
                ? [new RouteTarget(Resolve(mapping.ServiceName, mapping.Endpoints), mapping.TargetModel ?? mapping.Model)]
                : [.. mapping.Targets.Select(target => new RouteTarget(
                    Resolve(target.ServiceName, target.Endpoints), target.TargetModel ?? mapping.Model, target.Weight))];
            if (targets.Any(target => target.Endpoints.Length > 0))
            {
                routes[mapping.Key] = new Route(mapping.Model, mapping.OwnedBy, source, targets)
                {
                    ServiceName = mapping.ServiceName,
                    Namespace = mapping.Namespace,
                    Weight = mapping.Weight,
                    Priority = mapping.Priority,
                };
            }
        }
    }

    private LiveEndpoint[] Resolve(string? service, IReadOnlyList<EndpointAddress> endpoints) =>
        service is null ? [.. endpoints.Select(_endpoints.Get)]
        : Services.TryGetValue(service, out string? url) ? [Live(url)]
        : [];
}
