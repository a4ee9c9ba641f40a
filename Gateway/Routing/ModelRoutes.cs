namespace Gateway.Routing;

/// <summary>All routes of one model. Immutable: a part of one <see cref="RouteTable"/>.</summary>
internal sealed class ModelRoutes
{
    public ModelRoutes(string model, IReadOnlyList<Route> routes, IReadOnlyList<string> defaultOwnedBy)
    {
        Model = model;
        Tiers = Rank(routes, defaultOwnedBy);
        Routes = [.. routes];
    }

    public string Model { get; }

    public Route[] Routes { get; }

    /// <summary>
    /// What a request gets that names no engine, most preferred first: <c>Routing:DefaultOwnedBy</c> in order, then by priority.
    /// </summary>
    public RouteTier[] Tiers { get; }

    public bool HasOneEngine => Routes.Length == 1;

    public Route? Find(ReadOnlySpan<char> engine)
    {
        foreach (Route route in Routes)
        {
            if (route.Accepts(engine))
                return route;
        }

        return null;
    }

    private static RouteTier[] Rank(IReadOnlyList<Route> routes, IReadOnlyList<string> defaultOwnedBy)
    {
        // Weight 0 means never, so a lone or preferred route of that weight must not become the only choice of its tier.
        var rest = routes.Where(route => route.Weight > 0).ToList();
        var tiers = new List<RouteTier>();
        foreach (string owner in defaultOwnedBy)
        {
            if (rest.Find(route => route.Accepts(owner)) is { } preferred)
            {
                tiers.Add(preferred.Alone[0]);
                rest.Remove(preferred);
            }
        }

        foreach (var equals in rest.GroupBy(route => route.Priority).OrderBy(group => group.Key))
            tiers.Add(new RouteTier([.. equals]));

        return [.. tiers];
    }
}
