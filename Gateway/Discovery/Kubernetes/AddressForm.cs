using System.Net;
using System.Net.Sockets;
using Gateway.Routing;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Makes an endpoint's address out of an IP address, as the Kubernetes API writes it, and a port.</summary>
internal static class AddressForm
{
    /// <exception cref="FormatException">The API server let something pass that is no IP address.</exception>
    public static EndpointAddress Of(string ip, TargetPort port)
    {
        string host = IPAddress.TryParse(ip, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : ip;
        string url = string.Create(null, $"{(port.Https ? "https" : "http")}://{host}:{port.Number}");
        return EndpointAddress.TryParse(url, port.Http2, out EndpointAddress? parsed) ? parsed : throw new FormatException($"{url} is no address.");
    }

    /// <summary>Whether it may be dialled: anybody who may write an EndpointSlice could name a cloud's metadata service in it (CVE-2021-25740).</summary>
    public static bool IsDiallable(string ip) =>
        IPAddress.TryParse(ip, out IPAddress? address)
        && !(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes().AsSpan().StartsWith((ReadOnlySpan<byte>)[169, 254])
        && !address.IsIPv6LinkLocal;
}
