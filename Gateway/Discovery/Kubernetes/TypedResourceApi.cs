using k8s;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>One kind, by the two calls that the client has for it.</summary>
internal sealed class TypedResourceApi<T, TList>(
    ResourceQuery query,
    TypedResourceApi<T, TList>.List list,
    TypedResourceApi<T, TList>.Watch watch) : IResourceApi<T>
    where TList : IItems<T>, IMetadata<V1ListMeta>
{
    public delegate Task<TList> List(string? continueToken, CancellationToken cancellationToken);

    public delegate IAsyncEnumerable<(WatchEventType Type, T Object)> Watch(
        string resourceVersion, int timeoutSeconds, CancellationToken cancellationToken);

    public ResourceQuery Query => query;

    public async Task<ResourcePage<T>> ListPageAsync(string? continueToken, CancellationToken cancellationToken)
    {
        TList page = await list(continueToken, cancellationToken);
        return new ResourcePage<T>(page.Items ?? [], page.Metadata.ResourceVersion, page.Metadata.ContinueProperty);
    }

    public IAsyncEnumerable<(WatchEventType Type, T Object)> WatchAsync(
        string resourceVersion, TimeSpan timeout, CancellationToken cancellationToken) =>
        watch(resourceVersion, (int)timeout.TotalSeconds, cancellationToken);
}
