using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>A configured engine, its address understood.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="OwnedBy">Its name; null when its cards say it.</param>
/// <param name="Models">What it serves; empty when its cards say it.</param>
/// <param name="Key">What it wants as <c>Authorization</c>.</param>
internal sealed record StaticEngine(EndpointAddress Address, string? OwnedBy, IReadOnlyList<string> Models, EngineKey Key)
{
    private const string Http2InTheClear = "kubernetes.io/h2c";

    public FoundEndpoint Found => new()
    {
        Address = Address,
        Origin = new EndpointOrigin("engine", null, Address.ToString()),
        Key = Key,
        Engine = OwnedBy,
        Models = Models,
    };

    /// <exception cref="FormatException">The address is none.</exception>
    public static StaticEngine From(EngineOptions options)
    {
        if (!EndpointAddress.TryParse(options.Url, options.AppProtocol == Http2InTheClear, out EndpointAddress? address))
            throw new FormatException($"The engine's Url '{options.Url}' is not of the form http(s)://host[:port].");

        return new StaticEngine(
            address,
            string.IsNullOrEmpty(options.OwnedBy) ? null : options.OwnedBy,
            [.. options.Models.Distinct(StringComparer.Ordinal)],
            new EngineKey(options.ApiKey, options.ApiKeyFile));
    }
}
