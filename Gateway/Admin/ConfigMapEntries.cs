using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>All keys of the ConfigMap as mappings, at most one per pair. Immutable.</summary>
internal sealed class ConfigMapEntries
{
    private readonly Dictionary<string, ConfigMapEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<MappingKey, string> _keys = [];

    private ConfigMapEntries()
    {
    }

    public static ConfigMapEntries None { get; } = new();

    public IReadOnlyDictionary<MappingKey, Mapping> Mappings { get; private init; } = new Dictionary<MappingKey, Mapping>();

    public IReadOnlyList<MappingProblem> Problems { get; private init; } = [];

    /// <param name="data">What stands in the ConfigMap.</param>
    /// <param name="before">What was known, for what has become invalid since.</param>
    /// <param name="forbidden">Where no mapping may lead.</param>
    public static ConfigMapEntries Read(IReadOnlyDictionary<string, string> data, ConfigMapEntries before, ForbiddenAddresses forbidden)
    {
        var mappings = new Dictionary<MappingKey, Mapping>();
        var problems = new List<MappingProblem>();
        var read = new ConfigMapEntries { Mappings = mappings, Problems = problems };
        foreach ((string key, string value) in data)
            read._entries[key] = ConfigMapEntry.Read(key, value, before._entries.GetValueOrDefault(key), forbidden);

        // The same order on every replica, and so the same winner of a pair: valid, then under its own key, then by name.
        foreach ((string key, ConfigMapEntry entry) in read._entries
            .OrderBy(pair => pair.Value.Problem is null ? 0 : 1)
            .ThenBy(pair => pair.Value.Mapping is { } mapping && pair.Key == ConfigMapKey.Of(mapping.Key) ? 0 : 1)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (entry.Problem is not null)
                problems.Add(new MappingProblem(key, Describe(entry)));
            if (entry.Mapping is not { } mapping)
                continue;
            if (read._keys.TryAdd(mapping.Key, key))
                mappings.Add(mapping.Key, mapping);
            else if (entry.Problem is null)
                problems.Add(new MappingProblem(key, $"The key {read._keys[mapping.Key]} holds a mapping of the same pair, '{mapping.Model}' on '{mapping.OwnedBy}', and counts."));
        }

        return read;
    }

    /// <summary>Where the mapping of <paramref name="pair"/> stands, or is to stand.</summary>
    public string KeyOf(MappingKey pair) => _keys.GetValueOrDefault(pair) ?? ConfigMapKey.Of(pair);

    /// <summary>All keys that would bring the pair back if they stayed.</summary>
    public IReadOnlyList<string> KeysOf(MappingKey pair) => [.. _entries.Where(entry => entry.Value.Mapping?.Key == pair).Select(entry => entry.Key)];

    private static string Describe(ConfigMapEntry entry) => entry.Mapping is { } mapping
        ? $"{entry.Problem} The last mapping of '{mapping.Model}' on '{mapping.OwnedBy}' stays in force on replicas that have seen it."
        : entry.Problem!;
}
