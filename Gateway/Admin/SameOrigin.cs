using Microsoft.Extensions.Primitives;

namespace Gateway.Admin;

/// <summary>Tells a web page of another origin from everyone else, by the two headers that browsers set and scripts can't.</summary>
internal static class SameOrigin
{
    /// <returns>Why the request is not let in; null when it is.</returns>
    public static string? FindObjection(HttpRequest request)
    {
        // https://www.w3.org/TR/fetch-metadata/: "none" is the address bar; another port of the same host is "same-site", yet another program.
        StringValues site = request.Headers["Sec-Fetch-Site"];
        if (site.Count > 0 && site != "same-origin" && site != "none")
            return "Pages of other origins may not use the admin API: 'Sec-Fetch-Site' must be same-origin or none.";

        StringValues origin = request.Headers.Origin;
        if (origin.Count > 0 && !IsOwn(origin, request.Host))
            return "Pages of other origins may not use the admin API: 'Origin' must name the host and port that 'Host' names.";

        return null;
    }

    // The scheme is the browser's: it says https where TLS ends in front of the gateway. It tells which port a bare host name means.
    private static bool IsOwn(StringValues origin, HostString host) =>
        origin.Count == 1
        && Uri.TryCreate(origin[0], UriKind.Absolute, out Uri? from)
        && (from.Scheme == Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps)
        && Uri.TryCreate($"{from.Scheme}://{host.Value}", UriKind.Absolute, out Uri? own)
        && from.Authority == own.Authority;
}
