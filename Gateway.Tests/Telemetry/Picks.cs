using Gateway.Picking;
using Gateway.Routing;
using Gateway.Tests.Routing;

namespace Gateway.Tests.Telemetry;

internal static class Picks
{
    /// <summary>An endpoint of a route, as a picker would say.</summary>
    public static PickedEndpoint Of(string model, string engine, int port)
    {
        LiveEndpoint endpoint = TestRoutes.Live(port);
        Route route = TestRoutes.Route(model, engine, endpoint);
        return new PickedEndpoint(route, route.Targets[0], endpoint);
    }
}
