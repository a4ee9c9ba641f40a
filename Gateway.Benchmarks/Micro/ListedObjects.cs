using Gateway.Discovery.Kubernetes;
using k8s;
using k8s.Models;

namespace Gateway.Benchmarks.Micro;

/// <summary>All objects of one kind, as if a watch had told of them.</summary>
internal sealed class ListedObjects<T> : IResourceCache<T>
    where T : class, IMetadata<V1ObjectMeta>
{
    private readonly ResourceSnapshots<T> _snapshots = new();

    public event Action? Changed;

    public IReadOnlyDictionary<ResourceName, T> Current => _snapshots.Current;

    public WatchStatus Status { get; } = new(typeof(T).Name, Listed: true, LastHeard: null, Error: null, FailedForGood: false);

    public void Put(T changed)
    {
        _snapshots.Apply(WatchEventType.Modified, changed);
        Changed?.Invoke();
    }
}
