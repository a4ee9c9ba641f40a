namespace Gateway.Discovery.Kubernetes;

/// <summary>All objects of one kind as the API server last told them. What is known stays known while the API server is away.</summary>
internal interface IResourceCache<T>
{
    /// <summary>An immutable snapshot; empty before the first list.</summary>
    IReadOnlyDictionary<ResourceName, T> Current { get; }

    WatchStatus Status { get; }

    /// <summary>Raised after <see cref="Current"/> or <see cref="Status"/> has changed, once for each object, on any thread; handlers are quick and don't throw.</summary>
    event Action? Changed;
}

/// <summary>How a watch stands.</summary>
/// <param name="Kind">For example <c>pods in llm-d</c>.</param>
/// <param name="Listed">Whether the objects have been listed at least once.</param>
/// <param name="LastHeard">When the API server last said something: a list, an event, a bookmark.</param>
/// <param name="Error">Why it can't be listed or watched at the moment, with verb and resource where permission is missing.</param>
/// <param name="FailedForGood">Whether that is no passing fault: 403, 404.</param>
internal sealed record WatchStatus(string Kind, bool Listed, DateTimeOffset? LastHeard, string? Error, bool FailedForGood);
