using System.Net;
using System.Net.Http.Headers;
using Gateway.Picking;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.Forwarding;

/// <summary>Copies status and header fields of an engine's answer: step 5 of <see cref="RequestPipeline"/>.</summary>
internal static class ResponseHead
{
    private const string AccelBuffering = "x-accel-buffering";
    private const string EventStream = "text/event-stream";

    public static void Copy(Exchange exchange, HttpResponseMessage from, in PickedEndpoint picked, bool isEventStream, ILogger logger)
    {
        HttpResponse to = exchange.Context.Response;
        to.StatusCode = (int)from.StatusCode;
        if (from.ReasonPhrase is { Length: > 0 } reason && reason != ReasonPhrases.GetReasonPhrase(to.StatusCode))
            exchange.Context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = reason;

        string? connection = from.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out HeaderStringValues values) ? values.ToString() : null;
        Copy(exchange, from.Headers.NonValidated, connection, picked.Endpoint, logger);
        Copy(exchange, from.Content.Headers.NonValidated, connection, picked.Endpoint, logger);

        // A length beside a transfer coding is not to be trusted (RFC 9112 §6.3).
        if (from.Headers.TransferEncodingChunked == true)
            to.ContentLength = null;

        to.Headers[HeaderRules.OwnedBy] = picked.Route.OwnedBy;
        if (exchange.Settings.ExposeEndpoint)
            to.Headers[HeaderRules.EndpointServed] = picked.Endpoint.Address.Authority;

        // nginx in front of the gateway would otherwise gather tokens until a buffer is full.
        if (isEventStream)
            to.Headers.TryAdd(AccelBuffering, "no");
    }

    /// <summary>The head of a stream that begins before any engine's has come.</summary>
    public static void BeginEventStream(HttpResponse to)
    {
        to.StatusCode = StatusCodes.Status200OK;
        to.ContentType = EventStream;
        to.Headers.CacheControl = "no-cache";
        to.Headers[AccelBuffering] = "no";
    }

    /// <summary>Whether a comment of the gateway's own may stand before the body: in bytes that are what they seem.</summary>
    public static bool TakesComments(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.OK && IsEventStream(response) && !response.Content.Headers.NonValidated.Contains(HeaderNames.ContentEncoding);

    public static bool IsEventStream(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues(HeaderNames.ContentType, out HeaderStringValues type)
        && type.ToString().StartsWith(EventStream, StringComparison.OrdinalIgnoreCase);

    /// <summary>Copies the fields that follow the body: step 7.</summary>
    public static void CopyTrailers(HttpContext context, HttpResponseMessage from)
    {
        IHeaderDictionary? to = null;
        foreach ((string name, HeaderStringValues values) in from.TrailingHeaders.NonValidated)
        {
            to ??= context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
            if (to is null || to.IsReadOnly)
                return;
            if (HeaderRules.IsReturned(name))
                to[name] = ToStringValues(values);
        }
    }

    private static void Copy(Exchange exchange, HttpHeadersNonValidated from, string? connection, LiveEndpoint endpoint, ILogger logger)
    {
        bool nominates = HeaderRules.Nominates(connection);
        IHeaderDictionary to = exchange.Context.Response.Headers;
        foreach ((string name, HeaderStringValues values) in from)
        {
            if (!HeaderRules.IsReturned(name) || (nominates && HeaderRules.IsNominated(connection!, name)))
                continue;

            try
            {
                to[name] = ToStringValues(values);
            }
            catch (InvalidOperationException)
            {
                // A control character: Kestrel does not send it, and the rest of the answer is worth more than this field.
                ForwardingLog.HeaderDropped(logger, endpoint.Address, name, exchange.RequestId);
            }
        }
    }

    private static StringValues ToStringValues(HeaderStringValues values) =>
        values.Count <= 1 ? values.ToString() : new StringValues([.. values]);
}
