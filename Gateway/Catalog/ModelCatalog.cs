using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Catalog;

/// <summary>Which routes of a table clients are shown: those that at least one endpoint serves.</summary>
internal static class ModelCatalog
{
    /// <param name="table">The routes.</param>
    /// <param name="ownedBy">Only those of this engine, under any of its names; null for all.</param>
    /// <param name="unique">Only one route a model: the preferred one.</param>
    public static IEnumerable<Route> List(RouteTable table, string? ownedBy, bool unique)
    {
        foreach (ModelRoutes model in table.Models)
        {
            if (ownedBy is not null)
            {
                if (model.Find(ownedBy) is { } asked && IsServed(asked))
                    yield return asked;
            }
            else if (unique)
            {
                if (Preferred(model) is { } preferred)
                    yield return preferred;
            }
            else
            {
                foreach (Route route in model.Routes.Where(IsServed))
                    yield return route;
            }
        }
    }

    /// <summary>The route that a request without an engine would prefer, among those that are served; null when none is.</summary>
    public static Route? Preferred(ModelRoutes model) =>
        model.Tiers.SelectMany(tier => tier.Shares).Select(share => share.Route).FirstOrDefault(IsServed)

            // A route of weight 0 gets no request by itself, but it is there for those who name its engine.
            ?? model.Routes.FirstOrDefault(IsServed);

    public static bool IsServed(Route route) =>
        route.Targets.Any(target => target.Weight > 0 && target.Endpoints.Any(endpoint => ((LiveEndpoint)endpoint).IsAvailable));
}
