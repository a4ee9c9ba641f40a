using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>An endpoint is in use, but what is said of it contradicts itself.</summary>
internal sealed record DiscoveryWarning(EndpointAddress Address, EndpointOrigin Origin, string Message);
