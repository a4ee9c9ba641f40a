namespace Gateway.Routing;

/// <summary>Keeps the mappings that operators made through the admin API. A write is durable before its task completes.</summary>
internal interface IMappingStore
{
    /// <summary>The mappings as last stored: an immutable snapshot.</summary>
    MappingSnapshot Current { get; }

    /// <summary>Whether the mappings kept so far are in <see cref="Current"/>, or can't be had for good.</summary>
    bool IsLoaded { get; }

    /// <summary>Raised after <see cref="Current"/> has changed, on any thread.</summary>
    event Action? Changed;

    /// <summary>Adds the mapping, or replaces the one of the same pair.</summary>
    /// <param name="mapping">What to keep.</param>
    /// <param name="expectedRevision">When given and not the current revision, nothing is written: <see cref="MappingWriteOutcome.StaleRevision"/>.</param>
    /// <param name="cancellationToken">Gives up before the write begins; a write that has begun is finished.</param>
    Task<MappingWrite> PutAsync(Mapping mapping, long? expectedRevision, CancellationToken cancellationToken);

    /// <inheritdoc cref="PutAsync"/>
    Task<MappingWrite> DeleteAsync(MappingKey key, long? expectedRevision, CancellationToken cancellationToken);
}

/// <param name="Revision">Counts changes of mappings.</param>
/// <param name="Mappings">One per pair.</param>
internal sealed record MappingSnapshot(long Revision, IReadOnlyDictionary<MappingKey, Mapping> Mappings)
{
    public static MappingSnapshot Empty { get; } = new(0, new Dictionary<MappingKey, Mapping>());
}

internal enum MappingWriteOutcome
{
    Created,
    Replaced,
    Deleted,
    NotFound,
    StaleRevision,

    /// <summary>The disk or the ConfigMap takes no more.</summary>
    StoreFull,

    /// <summary>The store can't be reached; nothing was kept.</summary>
    Unavailable,
}

/// <param name="Outcome">What became of the write.</param>
/// <param name="Snapshot">The state after it, or the unchanged state.</param>
/// <param name="Detail">For a failed write: why, in words for the operator.</param>
internal readonly record struct MappingWrite(MappingWriteOutcome Outcome, MappingSnapshot Snapshot, string? Detail = null);
