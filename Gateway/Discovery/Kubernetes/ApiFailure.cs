using System.Net;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>What an exception of the client means.</summary>
internal readonly record struct ApiFailure(ApiFailureKind Kind, string Message)
{
    /// <summary>Only somebody who changes the cluster can help.</summary>
    public bool IsForGood => Kind is ApiFailureKind.Forbidden or ApiFailureKind.KindMissing;

    /// <param name="exception">What the client threw.</param>
    /// <param name="verb"><c>list</c> or <c>watch</c>.</param>
    /// <param name="query">Of what.</param>
    public static ApiFailure Of(Exception exception, string verb, ResourceQuery query) => exception switch
    {
        HttpOperationException { Response: { } response } => OfStatus(response.StatusCode, MessageIn(response.Content), verb, query),

        // An ERROR event: the API server had begun to answer before it found out.
        KubernetesException { Status: { Code: { } code } status } => OfStatus((HttpStatusCode)code, status.Message, verb, query),

        // The client waits for the first line before it gives a watch out of hand, and throws when none has come by the end.
        HttpRequestException { InnerException: EndOfStreamException } => new(ApiFailureKind.Closed, "closed"),

        // Unreadable JSON is a line that was cut in its middle.
        HttpRequestException or IOException or JsonException =>
            new(ApiFailureKind.Cut, $"could not {verb} {query.InWords}: {exception.GetBaseException().Message}"),

        // The client's own time limit; a call that we end is no failure.
        OperationCanceledException => new(ApiFailureKind.Cut, $"could not {verb} {query.InWords}: no answer in time"),
        _ => new(ApiFailureKind.Other, $"could not {verb} {query.InWords}: {exception.Message}"),
    };

    private static ApiFailure OfStatus(HttpStatusCode status, string? message, string verb, ResourceQuery query) => status switch
    {
        HttpStatusCode.Gone => new(ApiFailureKind.Expired, $"410: {message}"),
        HttpStatusCode.Forbidden => new(
            ApiFailureKind.Forbidden, $"403: may not {verb} {query.InWords} (missing verb '{verb}' on {query.InRole})"),
        HttpStatusCode.NotFound => new(
            ApiFailureKind.KindMissing, $"404: could not {verb} {query.InWords}: the cluster has no such kind"),
        HttpStatusCode.Unauthorized => new(
            ApiFailureKind.Other, $"401: could not {verb} {query.InWords}: the API server does not accept the gateway's credentials"),
        _ => new(ApiFailureKind.Other, $"{(int)status}: could not {verb} {query.InWords}{(message is null ? "" : $": {message}")}"),
    };

    private static string? MessageIn(string? body)
    {
        try
        {
            return KubernetesJson.Deserialize<V1Status>(body ?? "{}").Message;
        }
        catch (JsonException)
        {
            // A proxy's page, or plain text.
            return null;
        }
    }
}
