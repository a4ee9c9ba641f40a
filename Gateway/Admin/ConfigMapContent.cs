using Gateway.Routing;
using k8s.Models;

namespace Gateway.Admin;

/// <summary>The ConfigMap at one moment, as this replica understands it: an immutable snapshot.</summary>
internal sealed class ConfigMapContent
{
    private readonly ConfigMapEntries _entries;
    private readonly ConfigMapRevision _written;

    private ConfigMapContent(V1ConfigMap? map, ConfigMapRevision written, ConfigMapRevision revision, ConfigMapEntries entries)
    {
        _written = written;
        _entries = entries;
        Revision = revision;
        Snapshot = new MappingSnapshot(revision.Number, entries.Mappings);
        Uid = map?.Metadata?.Uid;
        ResourceVersion = map?.Metadata?.ResourceVersion;
        Data = DataOf(map);
    }

    /// <summary>Before anything is known.</summary>
    public static ConfigMapContent Unknown { get; } = new(null, ConfigMapRevision.Start, ConfigMapRevision.Start, ConfigMapEntries.None);

    public ConfigMapRevision Revision { get; }

    public MappingSnapshot Snapshot { get; }

    public IReadOnlyList<MappingProblem> Problems => _entries.Problems;

    public IReadOnlyDictionary<string, string> Data { get; }

    /// <summary>Null when there is no ConfigMap. To be compared for equality only.</summary>
    public string? ResourceVersion { get; }

    /// <summary>Another one under the same name is another ConfigMap.</summary>
    public string? Uid { get; }

    public bool Exists => ResourceVersion is not null;

    /// <summary>Whether the annotations say the revision of this very data; they don't after a hand's edit.</summary>
    public bool IsSettled => _written == Revision;

    /// <param name="map">As the API server has it; null when it has none.</param>
    /// <param name="before">What was known before.</param>
    /// <param name="forbidden">Where no mapping may lead.</param>
    public static ConfigMapContent Read(V1ConfigMap? map, ConfigMapContent before, ForbiddenAddresses forbidden)
    {
        IReadOnlyDictionary<string, string> data = DataOf(map);
        ConfigMapRevision written = ConfigMapRevision.Written(map?.Metadata?.Annotations);
        ConfigMapRevision revision = ConfigMapRevision.Of(written, ConfigMapRevision.FingerprintOf(data), before.Revision);
        return new ConfigMapContent(map, written, revision, ConfigMapEntries.Read(data, before._entries, forbidden));
    }

    public ConfigMapChange Put(Mapping mapping, long revision) =>
        new(this, new Dictionary<string, string?> { [_entries.KeyOf(mapping.Key)] = ConfigMapChange.Render(mapping) }, revision);

    public ConfigMapChange Delete(MappingKey pair, long revision) =>
        new(this, _entries.KeysOf(pair).ToDictionary(key => key, _ => (string?)null), revision);

    /// <summary>Writes the revision of the data as it is into the annotations.</summary>
    public ConfigMapChange Settle() => new(this, new Dictionary<string, string?>(), Revision.Number);

    private static IReadOnlyDictionary<string, string> DataOf(V1ConfigMap? map) =>
        map?.Data is { } data ? data.AsReadOnly() : new Dictionary<string, string>();
}
