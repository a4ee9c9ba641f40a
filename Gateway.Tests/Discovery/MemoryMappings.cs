using Gateway.Routing;

namespace Gateway.Tests.Discovery;

/// <summary>Mappings that nothing keeps.</summary>
internal sealed class MemoryMappings : IMappingStore
{
    public MappingSnapshot Current { get; private set; } = MappingSnapshot.Empty;

    public bool IsLoaded { get; set; } = true;

    public event Action? Changed;

    public Task<MappingWrite> PutAsync(Mapping mapping, long? expectedRevision, CancellationToken cancellationToken) =>
        StoreAsync(new(Current.Mappings) { [mapping.Key] = mapping }, MappingWriteOutcome.Created);

    public Task<MappingWrite> DeleteAsync(MappingKey key, long? expectedRevision, CancellationToken cancellationToken) =>
        StoreAsync(new(Current.Mappings.Where(pair => pair.Key != key)), MappingWriteOutcome.Deleted);

    private Task<MappingWrite> StoreAsync(Dictionary<MappingKey, Mapping> mappings, MappingWriteOutcome outcome)
    {
        Current = new MappingSnapshot(Current.Revision + 1, mappings);
        Changed?.Invoke();
        return Task.FromResult(new MappingWrite(outcome, Current));
    }
}
