using k8s;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Lists and watches the objects of one kind. Both calls throw what the client throws; <see cref="ApiFailure"/> reads it.</summary>
internal interface IResourceApi<T>
{
    ResourceQuery Query { get; }

    /// <param name="continueToken">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<ResourcePage<T>> ListPageAsync(string? continueToken, CancellationToken cancellationToken);

    /// <summary>Every change since, with bookmarks between, until the API server closes the watch.</summary>
    /// <param name="resourceVersion">Of the list, or of the last event.</param>
    /// <param name="timeout">When the API server is to close it.</param>
    /// <param name="cancellationToken">Ends the watch at once.</param>
    IAsyncEnumerable<(WatchEventType Type, T Object)> WatchAsync(
        string resourceVersion, TimeSpan timeout, CancellationToken cancellationToken);
}

/// <param name="Items">The objects of this page.</param>
/// <param name="ResourceVersion">Where a watch has to begin once all pages are read.</param>
/// <param name="ContinueToken">Asks for the next page; null or empty at the last.</param>
internal readonly record struct ResourcePage<T>(IList<T> Items, string ResourceVersion, string? ContinueToken);
