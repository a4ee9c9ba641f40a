using System.Collections.Concurrent;

namespace Gateway.Routing;

/// <summary>
/// One address that serves inference: its identity, which never changes while it is known.
/// The same address is the same object in every <see cref="RouteTable"/>, so counters kept on a derived class survive a swap of tables.
/// </summary>
internal abstract class Endpoint
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly ConcurrentDictionary<string, Uri> _uris = new(StringComparer.Ordinal);

    protected Endpoint(EndpointAddress address)
    {
        Address = address;
    }

    public EndpointAddress Address { get; }

    /// <summary>The endpoint's URL of a path, made once: the paths that are proxied are few.</summary>
    public Uri At(string path) =>
        _uris.GetOrAdd(path, static (suffix, address) => Literal(address.ToString() + suffix), Address);

    /// <summary>A URI that goes on the wire as it is written: what a client sent percent-encoded must arrive so.</summary>
    public static Uri Literal(string uri) => new(uri, AsWritten);

    public override string ToString() => Address.ToString();
}
