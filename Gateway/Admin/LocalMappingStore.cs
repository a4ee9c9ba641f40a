using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>
/// A store that this process alone writes. One write at a time: it is kept, then <see cref="Current"/> changes, then <see cref="Changed"/>
/// is raised, then its task completes. So whoever builds the route table inside <see cref="Changed"/> has it built before the write is acknowledged.
/// </summary>
internal abstract class LocalMappingStore(MappingSnapshot kept) : IMappingStore, IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile MappingSnapshot _current = kept;

    public event Action? Changed;

    public MappingSnapshot Current => _current;

    // Read before the store was made.
    public bool IsLoaded => true;

    public Task<MappingWrite> PutAsync(Mapping mapping, long? expectedRevision, CancellationToken cancellationToken) =>
        WriteAsync(current => MappingLedger.Put(current, mapping, expectedRevision), cancellationToken);

    public Task<MappingWrite> DeleteAsync(MappingKey key, long? expectedRevision, CancellationToken cancellationToken) =>
        WriteAsync(current => MappingLedger.Delete(current, key, expectedRevision), cancellationToken);

    public void Dispose() => _writing.Dispose();

    /// <summary>Keeps <paramref name="next"/> beyond the end of the process, where that is the store's business.</summary>
    /// <returns>Null when it is kept; else nothing was, and why.</returns>
    protected abstract Task<KeepingFailure?> KeepAsync(MappingSnapshot next);

    private async Task<MappingWrite> WriteAsync(Func<MappingSnapshot, MappingWrite> change, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            MappingSnapshot before = _current;
            MappingWrite write = change(before);
            if (ReferenceEquals(write.Snapshot, before))
                return write;
            if (await KeepAsync(write.Snapshot) is { } failure)
                return new MappingWrite(failure.Outcome, before, failure.Detail);

            _current = write.Snapshot;
            Changed?.Invoke();
            return write;
        }
        finally
        {
            _writing.Release();
        }
    }
}

/// <param name="Outcome"><see cref="MappingWriteOutcome.StoreFull"/> or <see cref="MappingWriteOutcome.Unavailable"/>.</param>
/// <param name="Detail">Why, in words for the operator.</param>
internal sealed record KeepingFailure(MappingWriteOutcome Outcome, string Detail);
