namespace Gateway.Routing;

/// <summary>Who says that a route exists. A higher value takes the place of a lower one for the same pair.</summary>
internal enum RouteSource
{
    Discovered = 0,
    Admin = 1,
    Config = 2,
}
