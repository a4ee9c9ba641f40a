using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>Forgets everything when the process ends: for a demonstration, which is to leave nothing behind.</summary>
internal sealed class MemoryMappingStore() : LocalMappingStore(MappingSnapshot.Empty)
{
    protected override Task<KeepingFailure?> KeepAsync(MappingSnapshot next) => Task.FromResult<KeepingFailure?>(null);
}
