using System.Net;
using System.Net.Http.Headers;
using Gateway.Picking;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.Forwarding;

/// <summary>Builds the request of one attempt: the client's, but for what <see cref="HeaderRules"/> and the splice plan say.</summary>
internal static class UpstreamRequests
{
    private const string TrailersOnly = "trailers";

    public static HttpRequestMessage Create(Exchange exchange, in PickedEndpoint picked)
    {
        exchange.PlanFor(picked.Target);

        bool isHttp2 = picked.Endpoint.Address.Http2;
        var request = new HttpRequestMessage(HttpMethod.Post, UriOf(exchange, picked.Endpoint))
        {
            Version = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new RequestContent(exchange, isDuplex: isHttp2),
        };
        CopyHeaders(exchange.Context.Request.Headers, request);
        request.Headers.TryAddWithoutValidation(HeaderRules.RequestId, exchange.RequestId);
        if (picked.Endpoint.Authorization is { } authorization)
        {
            request.Headers.Remove(HeaderNames.Authorization);
            request.Headers.TryAddWithoutValidation(HeaderNames.Authorization, authorization);
        }

        return request;
    }

    private static Uri UriOf(Exchange exchange, LiveEndpoint endpoint)
    {
        Uri uri = endpoint.At(exchange.Path.Path);
        string query = Peeking.RoutingQuery.WithoutEngine(exchange.Context.Request.QueryString.Value);
        return query.Length == 0 ? uri : Endpoint.Literal(uri.OriginalString + OnOneLine(query));
    }

    // Kestrel takes white space, control characters and, over HTTP/2, every other byte in a query. On the engine's request line they could end it.
    private static string OnOneLine(string query) => query.AsSpan().ContainsAnyExceptInRange('!', '~')
        ? string.Concat(query.Select(sign => sign is >= '!' and <= '~' ? $"{sign}" : string.Create(null, $"%{(int)sign:X2}")))
        : query;

    private static void CopyHeaders(IHeaderDictionary from, HttpRequestMessage to)
    {
        string? connection = from.Connection;
        bool nominates = HeaderRules.Nominates(connection);
        foreach ((string name, StringValues values) in from)
        {
            if (!HeaderRules.IsSent(name) || (nominates && HeaderRules.IsNominated(connection!, name)))
                continue;
            if (!Add(to.Headers, name, values))
                Add(to.Content!.Headers, name, values);
        }

        // TE speaks for one hop, but trailers pass through here (RFC 9110 §10.1.4).
        if (((string?)from.TE)?.Contains(TrailersOnly, StringComparison.OrdinalIgnoreCase) == true)
            to.Headers.TryAddWithoutValidation(HeaderNames.TE, TrailersOnly);
    }

    private static bool Add(HttpHeaders to, string name, StringValues values) => values.Count == 1
        ? to.TryAddWithoutValidation(name, values[0])
        : to.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
}
