using System.Net;

namespace Gateway.Admin;

/// <summary>
/// Who counts as being on this machine when no token is configured: someone at its keyboard, or <c>kubectl port-forward</c>, which arrives
/// the same way. A proxy on this machine speaks for callers elsewhere, and a page whose host name was rebound to 127.0.0.1 for a stranger.
/// </summary>
internal static class LoopbackCaller
{
    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "[::1]"];

    private static readonly string[] ProxyHeaders = ["Forwarded", "Via"];

    // X-Original-*: where ASP.NET Core's forwarded-headers middleware, if someone switches it on, moves what it has believed.
    private static readonly string[] ProxyHeaderPrefixes = ["X-Forwarded-", "X-Envoy-", "X-Original-"];

    /// <returns>Why the caller is not let in; null when it is.</returns>
    public static string? FindObjection(HttpContext context)
    {
        const string Remedy = "Without an admin token (Gateway:Admin:Token) only callers on this machine are let in";
        if (!IsLoopback(context.Connection.RemoteIpAddress) || !IsLoopback(context.Connection.LocalIpAddress))
            return $"{Remedy}: both ends of the connection must be 127.0.0.1 or ::1.";

        if (!LoopbackNames.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
            return $"{Remedy}: the header 'Host' must be one of {string.Join(", ", LoopbackNames)}.";

        return context.Request.Headers.Keys.FirstOrDefault(TellsOfProxy) is { } header
            ? $"{Remedy}: the header '{header}' says that the request came through a proxy."
            : null;
    }

    // IPAddress.IsLoopback takes all of 127.0.0.0/8, where a mesh's sidecar has addresses of its own (Istio dials from 127.0.0.6).
    private static bool IsLoopback(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        return IPAddress.Loopback.Equals(address) || IPAddress.IPv6Loopback.Equals(address);
    }

    private static bool TellsOfProxy(string header) =>
        ProxyHeaders.Contains(header, StringComparer.OrdinalIgnoreCase)
        || ProxyHeaderPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
