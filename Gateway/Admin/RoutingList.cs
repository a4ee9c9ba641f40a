using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>Every route in use and every mapping that is not: what an operator has written is never out of sight.</summary>
internal sealed class RoutingList(RouteTableHolder table, IConfiguredMappings configured)
{
    /// <param name="admin">The mappings of the store.</param>
    public IReadOnlyList<RoutingEntry> With(MappingSnapshot admin)
    {
        Dictionary<MappingKey, Route> routes = table.Current.Routes.ToDictionary(KeyOf);
        Dictionary<MappingKey, Mapping> config = configured.Current.ToDictionary(mapping => mapping.Key);

        var entries = new List<RoutingEntry>();
        foreach ((MappingKey key, Route route) in routes)
        {
            Mapping? written = route.Source switch
            {
                RouteSource.Config => config.GetValueOrDefault(key),
                RouteSource.Admin => admin.Mappings.GetValueOrDefault(key),
                _ => null,
            };
            entries.Add(new RoutingEntry(written, route.Source, route));
        }

        AddIdle(config, RouteSource.Config);
        AddIdle(admin.Mappings, RouteSource.Admin);
        return [.. entries
            .OrderBy(entry => entry.Model, StringComparer.Ordinal)
            .ThenBy(entry => entry.OwnedBy, StringComparer.OrdinalIgnoreCase)
            .ThenByDescending(entry => entry.Source)];

        void AddIdle(IReadOnlyDictionary<MappingKey, Mapping> mappings, RouteSource source)
        {
            foreach ((MappingKey key, Mapping mapping) in mappings)
            {
                RouteSource? inUse = routes.GetValueOrDefault(key)?.Source;
                if (inUse != source)
                    entries.Add(new RoutingEntry(mapping, source, Route: null, IsShadowed: inUse > source));
            }
        }
    }

    /// <summary>The line of one mapping of the store.</summary>
    public RoutingEntry Of(MappingSnapshot admin, MappingKey key) =>
        With(admin).Single(entry => entry.Source == RouteSource.Admin && entry.Mapping?.Key == key);

    /// <summary>Whether a pair exists that no one has mapped through the admin API.</summary>
    public bool HasOtherThanAdmin(MappingKey key) =>
        With(MappingSnapshot.Empty).Any(entry => entry.Source != RouteSource.Admin && new MappingKey(entry.Model, EngineNames.Canonical(entry.OwnedBy)) == key);

    private static MappingKey KeyOf(Route route) => new(route.Model, EngineNames.Canonical(route.OwnedBy));
}
