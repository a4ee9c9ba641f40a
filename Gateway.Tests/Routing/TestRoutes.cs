using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Tests.Routing;

/// <summary>Routes and endpoints to test with.</summary>
internal static class TestRoutes
{
    public static EndpointAddress Address(int port)
    {
        Assert.True(EndpointAddress.TryParse($"http://127.0.0.1:{port}", http2: false, out EndpointAddress? address));
        return address;
    }

    public static LiveEndpoint Live(int port) => new(Address(port), TimeProvider.System);

    public static LiveEndpoint Down(int port)
    {
        LiveEndpoint endpoint = Live(port);
        endpoint.ReportUnreachable("Connection refused");
        return endpoint;
    }

    public static Route Route(string model, string ownedBy, params Endpoint[] endpoints) => Weighted(model, ownedBy, 1, endpoints);

    public static Route Weighted(string model, string ownedBy, int weight, params Endpoint[] endpoints) =>
        new(model, ownedBy, RouteSource.Discovered, [new RouteTarget(endpoints, model)]) { Weight = weight };

    public static Route Ranked(string model, string ownedBy, int priority, params Endpoint[] endpoints) =>
        new(model, ownedBy, RouteSource.Discovered, [new RouteTarget(endpoints, model)]) { Priority = priority };

    public static string[] Owners(RouteTier[] tiers) =>
        [.. tiers.Select(tier => string.Join('+', tier.Shares.Select(share => share.Route.OwnedBy)))];
}
