using Gateway.Discovery.Kubernetes;
using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>What a watch knows, as the test says.</summary>
internal sealed class TestCache<T>(string kind) : IResourceCache<T>
    where T : IMetadata<V1ObjectMeta>
{
    private volatile IReadOnlyDictionary<ResourceName, T> _current = new Dictionary<ResourceName, T>();
    private volatile WatchStatus _status = new(kind, Listed: true, LastHeard: null, Error: null, FailedForGood: false);

    public event Action? Changed;

    public IReadOnlyDictionary<ResourceName, T> Current => _current;

    public WatchStatus Status
    {
        get => _status;
        set
        {
            _status = value;
            Changed?.Invoke();
        }
    }

    public void Put(params T[] objects)
    {
        var next = new Dictionary<ResourceName, T>(_current);
        foreach (T one in objects)
        {
            // As the watches do.
            ObjectBulk.Drop(one);
            next[Name(one)] = one;
        }

        _current = next;
        Changed?.Invoke();
    }

    public void Remove(T one)
    {
        var next = new Dictionary<ResourceName, T>(_current);
        Assert.True(next.Remove(Name(one)));
        _current = next;
        Changed?.Invoke();
    }

    private static ResourceName Name(T one) => new(one.Metadata.NamespaceProperty, one.Metadata.Name);
}
