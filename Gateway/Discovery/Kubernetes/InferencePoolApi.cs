using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;

namespace Gateway.Discovery.Kubernetes;

/// <summary>InferencePools, by the calls for custom objects: the client has no types for them.</summary>
internal sealed class InferencePoolApi(IKubernetes client, string? @namespace) : IResourceApi<InferencePool>
{
    private const string Group = "inference.networking.k8s.io";
    private const string Version = "v1";
    private const string Plural = "inferencepools";

    public ResourceQuery Query { get; } = new(Plural, Group, @namespace);

    public async Task<ResourcePage<InferencePool>> ListPageAsync(string? continueToken, CancellationToken cancellationToken)
    {
        InferencePoolList page = @namespace is null
            ? await client.CustomObjects.ListCustomObjectForAllNamespacesAsync<InferencePoolList>(
                Group, Version, Plural, continueParameter: continueToken,
                limit: KubernetesResources.PageSize, cancellationToken: cancellationToken)
            : await client.CustomObjects.ListNamespacedCustomObjectAsync<InferencePoolList>(
                Group, Version, @namespace, Plural, continueParameter: continueToken,
                limit: KubernetesResources.PageSize, cancellationToken: cancellationToken);
        return new ResourcePage<InferencePool>(page.Items ?? [], page.Metadata.ResourceVersion, page.Metadata.ContinueProperty);
    }

    public async IAsyncEnumerable<(WatchEventType Type, InferencePool Object)> WatchAsync(
        string resourceVersion, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int seconds = (int)timeout.TotalSeconds;
        IAsyncEnumerable<(WatchEventType Type, object Object)> events = @namespace is null
            ? client.CustomObjects.WatchListCustomObjectForAllNamespacesAsync(
                Group, Version, Plural, allowWatchBookmarks: true, resourceVersion: resourceVersion,
                timeoutSeconds: seconds, onError: KubernetesResources.EndWatch, cancellationToken: cancellationToken)
            : client.CustomObjects.WatchListNamespacedCustomObjectAsync(
                Group, Version, @namespace, Plural, allowWatchBookmarks: true, resourceVersion: resourceVersion,
                timeoutSeconds: seconds, onError: KubernetesResources.EndWatch, cancellationToken: cancellationToken);
        await foreach ((WatchEventType type, object custom) in events)
            yield return (type, KubernetesJson.Deserialize<InferencePool>((JsonElement)custom));
    }
}
