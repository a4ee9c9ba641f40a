namespace Gateway.Discovery.Kubernetes;

/// <summary>
/// Has what the API server says read on the thread pool. The client reads a list synchronously, by whatever thread the head has come on
/// (KubernetesClient, Kubernetes.CreateResultAsync): with inline completions that is the thread that polls the very socket, which would wait
/// for itself for ever, and every connection that it polls with it. A page of pods, and a burst of events, also takes long to parse.
/// </summary>
internal sealed class PoolThreadHandler : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = await base.SendAsync(request, cancellationToken);
        try
        {
            if (IsWatch(request))
                response.Content = await ReadByPoolAsync(response.Content, cancellationToken);
            else
                await response.Content.LoadIntoBufferAsync(cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }

        await Task.Yield();
        return response;
    }

    // A list says watch=false.
    private static bool IsWatch(HttpRequestMessage request) => request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal);

    private static async Task<StreamContent> ReadByPoolAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var onPool = new StreamContent(new PoolThreadStream(await content.ReadAsStreamAsync(cancellationToken)));
        foreach ((string name, IEnumerable<string> values) in content.Headers)
            onPool.Headers.TryAddWithoutValidation(name, values);
        return onPool;
    }
}
