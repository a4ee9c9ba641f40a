using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>Where one attempt of a request goes.</summary>
internal readonly record struct PickedEndpoint(Route Route, RouteTarget Target, LiveEndpoint Endpoint);
