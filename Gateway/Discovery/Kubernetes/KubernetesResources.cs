using System.Runtime.ExceptionServices;
using k8s;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>The kinds that the gateway reads, each in one namespace or, where the namespace is null, in all.</summary>
internal sealed class KubernetesResources(IKubernetes client)
{
    // What kubectl and the Go client take: big enough to be quick, small enough for the API server to answer without strain.
    public const int PageSize = 500;

    // The client goes on after an ERROR event or an unreadable line as if nothing had been lost, unless this throws.
    public static readonly Action<Exception> EndWatch = ExceptionDispatchInfo.Throw;

    public IResourceApi<V1Pod> Pods(string? @namespace, string? labelSelector)
    {
        var query = new ResourceQuery("pods", "", @namespace) { LabelSelector = labelSelector };
        return new TypedResourceApi<V1Pod, V1PodList>(
            query,
            (next, ct) => @namespace is null
                ? client.CoreV1.ListPodForAllNamespacesAsync(
                    continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: ct)
                : client.CoreV1.ListNamespacedPodAsync(
                    @namespace, continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: ct),
            (version, seconds, ct) => @namespace is null
                ? client.CoreV1.WatchListPodForAllNamespacesAsync(
                    allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version,
                    timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct)
                : client.CoreV1.WatchListNamespacedPodAsync(
                    @namespace, allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version,
                    timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct));
    }

    public IResourceApi<V1Service> Services(string? @namespace, string? labelSelector)
    {
        var query = new ResourceQuery("services", "", @namespace) { LabelSelector = labelSelector };
        return new TypedResourceApi<V1Service, V1ServiceList>(
            query,
            (next, ct) => @namespace is null
                ? client.CoreV1.ListServiceForAllNamespacesAsync(
                    continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: ct)
                : client.CoreV1.ListNamespacedServiceAsync(
                    @namespace, continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: ct),
            (version, seconds, ct) => @namespace is null
                ? client.CoreV1.WatchListServiceForAllNamespacesAsync(
                    allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version,
                    timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct)
                : client.CoreV1.WatchListNamespacedServiceAsync(
                    @namespace, allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version,
                    timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct));
    }

    public IResourceApi<V1EndpointSlice> EndpointSlices(string? @namespace, string? labelSelector)
    {
        var query = new ResourceQuery("endpointslices", "discovery.k8s.io", @namespace) { LabelSelector = labelSelector };
        return new TypedResourceApi<V1EndpointSlice, V1EndpointSliceList>(
            query,
            (next, ct) => @namespace is null
                ? client.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(
                    continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: ct)
                : client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
                    @namespace, continueParameter: next, labelSelector: labelSelector, limit: PageSize, cancellationToken: ct),
            (version, seconds, ct) => @namespace is null
                ? client.DiscoveryV1.WatchListEndpointSliceForAllNamespacesAsync(
                    allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version,
                    timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct)
                : client.DiscoveryV1.WatchListNamespacedEndpointSliceAsync(
                    @namespace, allowWatchBookmarks: true, labelSelector: labelSelector, resourceVersion: version,
                    timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct));
    }

    /// <summary>One ConfigMap, by a query that a role with its name in <c>resourceNames</c> allows.</summary>
    public IResourceApi<V1ConfigMap> ConfigMap(string @namespace, string name)
    {
        var query = new ResourceQuery("configmaps", "", @namespace) { Name = name };
        return new TypedResourceApi<V1ConfigMap, V1ConfigMapList>(
            query,
            (next, ct) => client.CoreV1.ListNamespacedConfigMapAsync(
                @namespace, continueParameter: next, fieldSelector: query.FieldSelector, limit: PageSize, cancellationToken: ct),
            (version, seconds, ct) => client.CoreV1.WatchListNamespacedConfigMapAsync(
                @namespace, allowWatchBookmarks: true, fieldSelector: query.FieldSelector, resourceVersion: version,
                timeoutSeconds: seconds, onError: EndWatch, cancellationToken: ct));
    }

    public IResourceApi<InferencePool> InferencePools(string? @namespace) => new InferencePoolApi(client, @namespace);
}
