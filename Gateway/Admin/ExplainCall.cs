using Gateway.Forwarding;
using Gateway.Peeking;

namespace Gateway.Admin;

/// <summary>
/// <c>POST /admin/api/routing/explain</c>: what would become of this very request, had a client sent it to the path that <c>?path=</c> names.
/// The rest of the query is the client's; <c>Authorization</c> is the caller's own.
/// </summary>
internal sealed class ExplainCall(RequestExplainer explainer, ForwardingSettingsHolder settings)
{
    private const string PathParameter = "path";
    private const string UsualPath = "/v1/chat/completions";

    public async Task ExplainAsync(HttpContext context)
    {
        ForwardingSettings current = settings.Current;
        (string path, string query) = Split(context.Request.QueryString.Value ?? "");
        if (current.Paths.Find(path) is not { } proxied)
        {
            await ErrorWriter.WriteAsync(
                context, ApiDialect.OpenAi, ForwardFailure.UnknownUrl, $"'{path}' is not a path that the gateway passes on; without '{PathParameter}' {UsualPath} is meant.", PathParameter);
            return;
        }

        context.Request.QueryString = new QueryString(query);
        RequestExplanation explanation = await explainer.ExplainAsync(context, proxied, current);

        // What this call itself can't take in is no answer about a request.
        if (explanation.Refusal is { Failure: ForwardFailure.RequestTooLarge or ForwardFailure.Overloaded } unread)
            await ErrorWriter.WriteAsync(context, ApiDialect.OpenAi, unread);
        else
            await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json => ExplanationJson.Write(json, explanation));
    }

    /// <summary>Takes the first <c>path=</c> out of a query, and leaves every other byte of it as it was.</summary>
    private static (string Path, string Query) Split(string query)
    {
        var pairs = new QueryPairs(query);
        while (pairs.TryRead())
        {
            if (!pairs.IsNamed(PathParameter))
                continue;

            string path = Uri.UnescapeDataString(query[pairs.ValueStart..pairs.End]);
            return (path, pairs.End < query.Length ? query.Remove(pairs.Start, pairs.End + 1 - pairs.Start) : query[..(pairs.Start - 1)]);
        }

        return (UsualPath, query);
    }
}
