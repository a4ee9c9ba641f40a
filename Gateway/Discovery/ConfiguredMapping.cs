using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Turns a mapping as it stands in configuration into the one that routing knows.</summary>
internal static class ConfiguredMapping
{
    /// <exception cref="FormatException">An address is none.</exception>
    public static Mapping From(MappingOptions options) => new()
    {
        Model = options.Model,
        OwnedBy = options.OwnedBy,
        ServiceName = Given(options.ServiceName),
        Namespace = Given(options.Namespace),
        Endpoints = Addresses(options.Endpoints),
        TargetModel = Given(options.TargetModel),
        Weight = options.Weight,
        Priority = options.Priority,
        Timeouts = options.Timeouts,
        Targets = [.. options.Targets.Select(From)],
    };

    private static MappingTarget From(MappingTargetOptions options) => new()
    {
        ServiceName = Given(options.ServiceName),
        Endpoints = Addresses(options.Endpoints),
        TargetModel = Given(options.TargetModel),
        Weight = options.Weight,
    };

    private static EndpointAddress[] Addresses(IList<string> urls) => [.. urls.Select(Address)];

    private static EndpointAddress Address(string url) =>
        EndpointAddress.TryParse(url, http2: false, out EndpointAddress? address)
            ? address
            : throw new FormatException($"The mapping's endpoint '{url}' is not of the form http(s)://host[:port].");

    // An environment variable can be set to nothing, but not to null.
    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
