using System.Net;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>
/// Where no mapping may lead, so that the admin API can't be used to reach, with the gateway's network position, what hands out credentials:
/// the metadata service of a cloud (on a link-local address) and the Kubernetes API server.
/// </summary>
/// <param name="apiServerHost">The address of the cluster's API server; null outside a cluster.</param>
internal sealed class ForbiddenAddresses(string? apiServerHost)
{
    private const string ApiServerService = "kubernetes";
    private const string ApiServerNamespace = "default";

    private readonly IPAddress? _apiServerAddress = IPAddress.TryParse(apiServerHost, out IPAddress? address) ? address : null;

    /// <returns>What is wrong with where the mapping leads; null when nothing is.</returns>
    public string? FindObjection(Mapping mapping)
    {
        IEnumerable<EndpointAddress> addresses = mapping.Endpoints.Concat(mapping.Targets.SelectMany(target => target.Endpoints));
        foreach (EndpointAddress endpoint in addresses)
        {
            if (Names(endpoint) is { } what)
                return $"The endpoint {endpoint} is {what}; a mapping leads to inference servers only.";
        }

        // Without a namespace it may be the gateway's own, which may be this one.
        IEnumerable<string?> services = mapping.Targets.Select(target => target.ServiceName).Append(mapping.ServiceName);
        return services.Contains(ApiServerService) && mapping.Namespace is null or ApiServerNamespace
            ? $"The service '{ApiServerService}' is the cluster's API server; a mapping leads to inference servers only."
            : null;
    }

    private string? Names(EndpointAddress endpoint)
    {
        // IdnHost is what SocketsHttpHandler dials, and Uri has already made 169.254.169.254 of spellings such as 0xa9fea9fe.
        string host = new Uri(endpoint.ToString()).IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host, out IPAddress? address))
            return NamesAddress(address);

        if (host.Equals("metadata.google.internal", StringComparison.OrdinalIgnoreCase))
            return "a cloud's metadata service";

        return host.Equals(apiServerHost, StringComparison.OrdinalIgnoreCase)
            || host is ApiServerService or $"{ApiServerService}.{ApiServerNamespace}" or $"{ApiServerService}.{ApiServerNamespace}.svc"
            || host.StartsWith($"{ApiServerService}.{ApiServerNamespace}.svc.", StringComparison.Ordinal)
                ? "the cluster's API server"
                : null;
    }

    private string? NamesAddress(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _])
            return "link-local";
        return address.Equals(_apiServerAddress) ? "the cluster's API server" : null;
    }
}
