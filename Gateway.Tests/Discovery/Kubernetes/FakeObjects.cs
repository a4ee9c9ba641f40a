using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Discovery.Kubernetes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>What is stored, what has happened, and who watches: one revision counts all writes.</summary>
internal sealed class FakeObjects
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, (FakeKind Kind, JsonObject Resource)> _stored = new(StringComparer.Ordinal);
    private readonly List<FakeChange> _history = [];
    private readonly List<FakeWatch> _watches = [];
    private long _revision = 1000;
    private long _forgotten;

    public FakeWatch[] Watches
    {
        get
        {
            lock (_lock)
                return [.. _watches];
        }
    }

    public JsonObject? Find(FakeKind kind, ResourceName name)
    {
        lock (_lock)
            return _stored.TryGetValue(Key(kind, name), out (FakeKind, JsonObject Resource) found) ? found.Resource : null;
    }

    /// <returns>What matches, in the order of names, and the revision at which it does.</returns>
    public (IReadOnlyList<JsonObject> Resources, long Revision) Select(FakeSelection selection)
    {
        lock (_lock)
            return ([.. _stored.Values.Where(one => selection.Includes(one.Kind, one.Resource)).Select(one => one.Resource)], _revision);
    }

    /// <summary>Changes one object, null being none, before or after, in one step with whatever <paramref name="change"/> checks.</summary>
    public JsonObject? Write(FakeKind kind, ResourceName name, Func<JsonObject?, JsonObject?> change)
    {
        lock (_lock)
        {
            JsonObject? before = _stored.TryGetValue(Key(kind, name), out (FakeKind, JsonObject Resource) found) ? found.Resource : null;
            JsonObject? after = change(before);
            if (after is not null)
            {
                after = (JsonObject)after.DeepClone();
                FakeValidation.Prepare(kind, after);
                JsonObject metadata = after["metadata"]!.AsObject();
                metadata["namespace"] = name.Namespace;
                metadata["uid"] = (string?)before?["metadata"]!["uid"] ?? $"{Guid.NewGuid()}";
                metadata["creationTimestamp"] = (string?)before?["metadata"]!["creationTimestamp"] ?? "2030-01-01T00:00:00Z";
                metadata["resourceVersion"] = (string?)before?["metadata"]!["resourceVersion"];

                // A write that changes nothing is none.
                if (JsonNode.DeepEquals(before, after))
                    return before;
                metadata["resourceVersion"] = $"{_revision + 1}";
            }

            _revision++;
            Store(kind, name, after);
            var written = new FakeChange(_revision, kind, before, after);
            _history.Add(written);
            foreach (FakeWatch watch in _watches)
                watch.Offer(written);
            return after;
        }
    }

    /// <summary>Deletes without telling any watch, not even one that asks for everything since.</summary>
    public void DeleteUnseen(FakeKind kind, ResourceName name)
    {
        lock (_lock)
        {
            _revision++;
            Store(kind, name, null);
        }
    }

    /// <summary>Forgets what has happened: a watch from before now is too old.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _revision++;
            _history.Clear();
            _forgotten = _revision;
        }
    }

    /// <exception cref="FakeStatusException">The resourceVersion is too old.</exception>
    public void Open(FakeWatch watch, string? since)
    {
        lock (_lock)
        {
            if (since is null or "" or "0")
            {
                foreach ((FakeKind kind, JsonObject resource) in _stored.Values)
                    watch.Offer(new FakeChange(_revision, kind, null, resource));
            }
            else
            {
                long after = long.Parse(since, CultureInfo.InvariantCulture);
                if (after < _forgotten)
                    throw FakeStatusException.TooOld(since, _forgotten);
                foreach (FakeChange change in _history.Where(change => change.Revision > after))
                    watch.Offer(change);
            }

            _watches.Add(watch);
        }
    }

    public void Close(FakeWatch watch)
    {
        lock (_lock)
            _watches.Remove(watch);
    }

    public void SendBookmarks()
    {
        lock (_lock)
        {
            foreach (FakeWatch watch in _watches)
                watch.SendBookmark(_revision);
        }
    }

    private void Store(FakeKind kind, ResourceName name, JsonObject? resource)
    {
        if (resource is null)
            _stored.Remove(Key(kind, name));
        else
            _stored[Key(kind, name)] = (kind, resource);
    }

    private static string Key(FakeKind kind, ResourceName name) => $"{kind.Plural}/{name}";
}
