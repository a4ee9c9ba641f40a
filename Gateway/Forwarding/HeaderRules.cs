using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Gateway.Forwarding;

/// <summary>Which header fields stay on their side of the gateway.</summary>
internal static class HeaderRules
{
    public const string RequestId = "x-request-id";
    public const string OwnedBy = "x-owned-by";
    public const string EndpointServed = "x-gateway-destination-endpoint-served";
    public const string DroppedReason = "x-llm-d-request-dropped-reason";

    // RFC 9110 §7.6.1, and what speaks to a proxy rather than through it (§11.7).
    private static readonly string[] HopByHop =
    [
        HeaderNames.Connection, HeaderNames.ProxyConnection, HeaderNames.KeepAlive, HeaderNames.TransferEncoding, HeaderNames.TE,
        HeaderNames.Upgrade, "HTTP2-Settings", HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization, "Proxy-Authentication-Info",
    ];

    private static readonly FrozenSet<string> NotSent = HopByHop
        .Concat(
        [
            // Written anew for the engine: its own authority, the length of the body as it is sent, the id under which we log it.
            HeaderNames.Host, HeaderNames.ContentLength, RequestId,

            // The body has been asked for already when it is peeked; and Kestrel's own note of a length that it refused to trust.
            HeaderNames.Expect, "X-Content-Length",

            // Steer the inside of a cluster: from a client they would let it choose what the gateway's network reaches (llm-d-router#242).
            "x-prefiller-host-port", "x-prefiller-url", "x-encoder-hosts-ports", "x-kv-cache-source-host-port", "test-epp-endpoint-selection",
        ])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] SteeringPrefixes = ["x-data-parallel-", "x-gateway-destination-endpoint"];

    private static readonly FrozenSet<string> NotReturned = HopByHop
        .Concat([HeaderNames.AltSvc, RequestId, OwnedBy])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // A Connection field that names one of these would strip what the next hop relies on; no honest sender writes that.
    private static readonly FrozenSet<string> NeverNominated = FrozenSet.ToFrozenSet(
        [HeaderNames.Host, HeaderNames.ContentLength, HeaderNames.ContentType, HeaderNames.Authorization, HeaderNames.ContentEncoding],
        StringComparer.OrdinalIgnoreCase);

    public static bool IsSent(string name) => !NotSent.Contains(name) && !IsSteering(name);

    public static bool IsReturned(string name) => !NotReturned.Contains(name) && name[0] != ':';

    /// <summary>Whether the fields that a Connection field can name need a look: nearly always it says just <c>keep-alive</c> or <c>close</c>.</summary>
    public static bool Nominates(string? connection) =>
        !string.IsNullOrEmpty(connection)
        && !connection.Equals("keep-alive", StringComparison.OrdinalIgnoreCase)
        && !connection.Equals("close", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether <paramref name="connection"/> names the field as one for this hop alone (RFC 9110 §7.6.1).</summary>
    public static bool IsNominated(string connection, string name)
    {
        if (NeverNominated.Contains(name))
            return false;

        foreach (StringSegment option in new StringTokenizer(connection, [',']))
        {
            if (option.Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static bool IsSteering(string name)
    {
        foreach (string prefix in SteeringPrefixes)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
