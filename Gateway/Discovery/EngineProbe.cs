using System.Net;
using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Asks an engine for its models, over connections of its own: a probe must not wait behind requests, nor they behind it.</summary>
internal sealed class EngineProbe(TimeProvider time) : IDisposable
{
    /// <summary>Connecting and answering together. A list of models costs an engine nothing, even under load.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    // A card has about 500 bytes: room for thousands of adapters, but not for an endless answer.
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
    });

    /// <summary>Every failure is an answer in words; only the caller's own cancellation is thrown.</summary>
    public async Task<ProbeAnswer> AskAsync(EndpointAddress address, string? authorization, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using HttpRequestMessage request = RequestFor(address, authorization);
            using HttpResponseMessage response = await _client.SendAsync(request, either.Token);
            if (IsOfAProxy(response.StatusCode))
                return ProbeAnswer.Silent(Explain(response.StatusCode, authorization is not null));
            if (response.StatusCode != HttpStatusCode.OK)
                return ProbeAnswer.Useless(Explain(response.StatusCode, authorization is not null));

            await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, either.Token);
            return ModelListReader.Read(await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeAnswer.Silent($"did not answer GET /v1/models within {Timeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException tooLong) when (tooLong.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return ProbeAnswer.Useless($"its answer to GET /v1/models is longer than {MaxAnswerBytes} bytes");
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException)
        {
            return ProbeAnswer.Silent($"could not be asked for its models: {failed.GetBaseException().Message}");
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage RequestFor(EndpointAddress address, string? authorization)
    {
        // Exact: without TLS nothing negotiates HTTP/2, and "or lower" would silently speak HTTP/1.1 to an h2c engine.
        var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/v1/models")
        {
            Version = address.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Accept.Add(new("application/json"));

        // Engines close an idle connection (uvicorn after 5 s) sooner than they are asked again: it would only be held in vain, a thousandfold.
        request.Headers.ConnectionClose = !address.Http2;
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return request;
    }

    // llm-d's routing sidecar, or a mesh's, says so when the engine behind it takes no connection.
    private static bool IsOfAProxy(HttpStatusCode status) =>
        status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static string Explain(HttpStatusCode status, bool keySent)
    {
        string answer = $"answered {(int)status} to GET /v1/models, expected 200";
        if (status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            return answer;
        return keySent
            ? $"{answer}: it does not accept the configured key"
            : $"{answer}: it wants a key, which the engine's ApiKey or ApiKeyFile gives";
    }
}
