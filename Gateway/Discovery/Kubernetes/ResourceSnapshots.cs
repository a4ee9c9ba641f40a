using k8s;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// The objects as they stand, and the snapshot of them that others read. Changes are gathered for a moment first:
/// thousands come at once when a deployment is rolled, and each snapshot is a copy that everything after it is computed from.
/// </summary>
internal sealed class ResourceSnapshots<T> : IDisposable
    where T : class, IMetadata<V1ObjectMeta>
{
    /// <summary>Not to be felt by who waits for a change, and long enough for a few thousand events to arrive in.</summary>
    public static readonly TimeSpan GatheringTime = TimeSpan.FromMilliseconds(50);

    private readonly Lock _changing = new();
    private readonly Action _published;
    private readonly ITimer _gathering;

    // Guarded by _changing.
    private Dictionary<ResourceName, T> _objects = [];
    private bool _isGathering;

    // An immutable snapshot.
    private volatile IReadOnlyDictionary<ResourceName, T> _current = new Dictionary<ResourceName, T>();

    /// <param name="time">The clock.</param>
    /// <param name="published">Called when gathered changes are to be seen in <see cref="Current"/>; not for <see cref="Replace"/>.</param>
    public ResourceSnapshots(TimeProvider time, Action published)
    {
        _published = published;
        _gathering = time.CreateTimer(_ => PublishGathered(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IReadOnlyDictionary<ResourceName, T> Current => _current;

    public void Apply(WatchEventType type, T changed)
    {
        ResourceName name = NameOf(changed);
        lock (_changing)
        {
            if (type == WatchEventType.Deleted)
                _objects.Remove(name);
            else
                _objects[name] = changed;

            if (_isGathering)
                return;
            _isGathering = true;
            _gathering.Change(GatheringTime, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Puts what was listed in the place of everything, at once; what is not in it is gone.</summary>
    /// <returns>Whether <see cref="Current"/> is another one now.</returns>
    public bool Replace(IEnumerable<T> listed)
    {
        var next = new Dictionary<ResourceName, T>();
        foreach (T one in listed)
            next[NameOf(one)] = one;
        lock (_changing)
        {
            _isGathering = false;
            _objects = next;
            if (AreTheSame(_current, next))
                return false;

            _current = new Dictionary<ResourceName, T>(next);
            return true;
        }
    }

    public void Dispose() => _gathering.Dispose();

    private void PublishGathered()
    {
        lock (_changing)
        {
            if (!_isGathering)
                return;
            _isGathering = false;
            _current = new Dictionary<ResourceName, T>(_objects);
        }

        _published();
    }

    private static ResourceName NameOf(T resource) => new(resource.Metadata.NamespaceProperty ?? "", resource.Metadata.Name);

    private static bool AreTheSame(IReadOnlyDictionary<ResourceName, T> current, Dictionary<ResourceName, T> next) =>
        current.Count == next.Count
        && next.All(one => current.TryGetValue(one.Key, out T? known)
            && known.Metadata.ResourceVersion == one.Value.Metadata.ResourceVersion);
}
