using System.Diagnostics.CodeAnalysis;

namespace Gateway.Routing;

/// <summary>
/// Where an endpoint listens and what it speaks: <c>http://10.0.0.7:8000</c>, <c>https://…</c>; HTTP/1.1 unless <see cref="Http2"/>.
/// Two addresses are equal when scheme, host, port and protocol are.
/// </summary>
internal sealed record EndpointAddress
{
    // Every table of endpoints is looked up by it.
    private readonly int _hashCode;

    private EndpointAddress(string scheme, string authority, bool http2)
    {
        Scheme = scheme;
        Authority = authority;
        Http2 = http2;
        _hashCode = HashCode.Combine(scheme, authority, http2);
    }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary><c>host:port</c>, the port always written out; IPv6 in brackets. Names the endpoint in the admin API.</summary>
    public string Authority { get; }

    /// <summary>HTTP/2 without TLS by prior knowledge (<c>kubernetes.io/h2c</c>), or HTTP/2 by ALPN on https. Off: HTTP/1.1.</summary>
    public bool Http2 { get; }

    /// <summary>Reads <c>http(s)://host[:port]</c>. Anything more than a root path, a query, a fragment or user information is refused.</summary>
    public static bool TryParse(string? url, bool http2, [NotNullWhen(true)] out EndpointAddress? address)
    {
        address = null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0 || uri.Host.Length == 0 || uri.Port == 0)
        {
            return false;
        }

        address = new EndpointAddress(uri.Scheme, string.Create(null, $"{uri.Host}:{uri.Port}"), http2);
        return true;
    }

    public bool Equals(EndpointAddress? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hashCode == other._hashCode && Authority == other.Authority && Scheme == other.Scheme && Http2 == other.Http2);

    public override int GetHashCode() => _hashCode;

    public override string ToString() => $"{Scheme}://{Authority}";
}
