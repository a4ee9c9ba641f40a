using k8s;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// The objects as they stand, and the snapshot of them that others read. It is a copy, made when somebody asks and something has changed
/// since: thousands of changes come at once when a deployment is rolled, and who reads gathers them first.
/// </summary>
internal sealed class ResourceSnapshots<T>
    where T : class, IMetadata<V1ObjectMeta>
{
    private readonly Lock _changing = new();

    // Guarded by _changing.
    private Dictionary<ResourceName, T> _objects = [];

    // Immutable; null since the last change.
    private volatile IReadOnlyDictionary<ResourceName, T>? _current = new Dictionary<ResourceName, T>();

    /// <summary>The same object until something has changed.</summary>
    public IReadOnlyDictionary<ResourceName, T> Current
    {
        get
        {
            if (_current is { } current)
                return current;
            lock (_changing)
                return _current ??= new Dictionary<ResourceName, T>(_objects);
        }
    }

    public void Apply(WatchEventType type, T changed)
    {
        ResourceName name = NameOf(changed);
        lock (_changing)
        {
            if (type == WatchEventType.Deleted)
                _objects.Remove(name);
            else
                _objects[name] = changed;
            _current = null;
        }
    }

    /// <summary>Puts what was listed in the place of everything, at once; what is not in it is gone.</summary>
    /// <returns>Whether something is other than it was.</returns>
    public bool Replace(IEnumerable<T> listed)
    {
        var next = new Dictionary<ResourceName, T>();
        foreach (T one in listed)
            next[NameOf(one)] = one;
        lock (_changing)
        {
            if (AreTheSame(_objects, next))
                return false;

            _objects = next;
            _current = null;
            return true;
        }
    }

    private static ResourceName NameOf(T resource) => new(resource.Metadata.NamespaceProperty ?? "", resource.Metadata.Name);

    private static bool AreTheSame(Dictionary<ResourceName, T> current, Dictionary<ResourceName, T> next) =>
        current.Count == next.Count
        && next.All(one => current.TryGetValue(one.Key, out T? known)
            && known.Metadata.ResourceVersion == one.Value.Metadata.ResourceVersion);
}
