using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// What the API server tells of one namespace, or of all. The caches hold every object of their kind, whatever its labels: an InferencePool,
/// a Service or a mapping may select pods that <c>Kubernetes:Selector</c> does not.
/// </summary>
/// <param name="Namespace">Null for all.</param>
/// <param name="ListAsync">Lists everything once more and returns when the caches say so; a failure is told by their status.</param>
internal sealed record WatchedScope(
    string? Namespace,
    IResourceCache<V1Pod> Pods,
    IResourceCache<V1Service> Services,
    IResourceCache<V1EndpointSlice> Slices,
    IResourceCache<InferencePool> Pools,
    Func<CancellationToken, Task> ListAsync);
