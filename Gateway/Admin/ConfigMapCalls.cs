using System.Net;
using System.Text.Json;
using Gateway.Discovery.Kubernetes;
using Gateway.Routing;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Gateway.Admin;

/// <summary>The calls of the API server that concern the one ConfigMap, each with a time-out and with its failures in words.</summary>
/// <param name="client">Not disposed.</param>
/// <param name="name">Which ConfigMap.</param>
/// <param name="time">For the time-outs.</param>
internal sealed class ConfigMapCalls(IKubernetes client, ResourceName name, TimeProvider time)
{
    /// <summary>A healthy API server answers in milliseconds; an operator waits for this one.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    // Shown by `kubectl get --show-managed-fields` as the one who wrote a key.
    private const string FieldManager = "llmd-api-gateway";

    public ResourceName Name => name;

    /// <summary>As it is now: asked for without a resourceVersion, the API server answers from the last write and not from a cache.</summary>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="MappingStoreException">The API server could not be asked, or would not say.</exception>
    public Task<V1ConfigMap?> ReadAsync() => CallAsync(
        "get",
        ct => client.CoreV1.ReadNamespacedConfigMapAsync(name.Name, name.Namespace, cancellationToken: ct),
        HttpStatusCode.NotFound);

    /// <returns>What it is now; null when it was changed or deleted since it was read.</returns>
    /// <exception cref="MappingStoreException">It was not changed, or nobody knows.</exception>
    public Task<V1ConfigMap?> PatchAsync(V1Patch patch) => CallAsync(
        "patch",
        ct => client.CoreV1.PatchNamespacedConfigMapAsync(patch, name.Name, name.Namespace, fieldManager: FieldManager, cancellationToken: ct),
        HttpStatusCode.Conflict,
        HttpStatusCode.NotFound);

    /// <returns>What it is now; null when there is one already.</returns>
    /// <exception cref="MappingStoreException">It was not created, or nobody knows.</exception>
    public Task<V1ConfigMap?> CreateAsync(V1ConfigMap map) => CallAsync(
        "create",
        ct => client.CoreV1.CreateNamespacedConfigMapAsync(map, name.Namespace, fieldManager: FieldManager, cancellationToken: ct),
        HttpStatusCode.Conflict);

    private async Task<V1ConfigMap?> CallAsync(string verb, Func<CancellationToken, Task<V1ConfigMap>> call, params HttpStatusCode[] expected)
    {
        using var timeout = new CancellationTokenSource(CallTimeout, time);
        try
        {
            return await call(timeout.Token);
        }
        catch (HttpOperationException refused) when (expected.Contains(refused.Response.StatusCode))
        {
            return null;
        }
        catch (HttpOperationException refused)
        {
            throw new MappingStoreException(
                refused.Response.StatusCode == HttpStatusCode.RequestEntityTooLarge ? MappingWriteOutcome.StoreFull : MappingWriteOutcome.Unavailable,
                Describe(verb, refused.Response),
                refused);
        }
        catch (OperationCanceledException late)
        {
            throw Unavailable($"the API server did not answer '{verb} configmaps {name}' within {CallTimeout.TotalSeconds:0} s", late);
        }
        catch (HttpRequestException away)
        {
            throw Unavailable($"the API server can't be reached for '{verb} configmaps {name}': {away.Message}", away);
        }
        catch (Exception failed)
        {
            // Credentials come from files and from programs, and a proxy may answer what is no JSON: each fails in a way of its own.
            throw Unavailable($"'{verb} configmaps {name}' failed: {failed.Message}", failed);
        }
    }

    private string Describe(string verb, HttpResponseMessageWrapper response)
    {
        string said = MessageOf(response);
        return response.StatusCode switch
        {
            HttpStatusCode.Forbidden when verb == "create" =>
                $"there is no ConfigMap {name} and the gateway is not allowed to create it (403 for 'create configmaps' in {name.Namespace}): create an empty one, as the manifests do, or allow it. {said}",
            HttpStatusCode.Forbidden => $"the gateway is not allowed to '{verb} configmaps {name}' (403): {said}",
            HttpStatusCode.Unauthorized => $"the API server does not accept the gateway's token for '{verb} configmaps {name}' (401): {said}",
            _ => $"the API server answered '{verb} configmaps {name}' with {(int)response.StatusCode}: {said}",
        };
    }

    // A Status object says it in a sentence; what stands between us and the API server may answer anything.
    private static string MessageOf(HttpResponseMessageWrapper response)
    {
        try
        {
            if (KubernetesJson.Deserialize<V1Status>(response.Content ?? "") is { Message.Length: > 0 } status)
                return status.Message;
        }
        catch (JsonException)
        {
        }

        return response.ReasonPhrase ?? "no reason given";
    }

    private static MappingStoreException Unavailable(string message, Exception inner) => new(MappingWriteOutcome.Unavailable, message, inner);
}
