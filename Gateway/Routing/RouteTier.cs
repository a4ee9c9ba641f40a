namespace Gateway.Routing;

/// <summary>
/// Routes that stand side by side in the order of preference. Where all shares weigh the same, load alone decides between their endpoints;
/// where they differ, and in a canary, the weights decide first. Immutable.
/// </summary>
internal sealed class RouteTier
{
    public RouteTier(IReadOnlyList<Route> routes)
    {
        // A request that named the engine gets it whatever the weight says: weights share out the requests that named none.
        bool named = routes.Count == 1;
        var shares = new List<RouteShare>();
        foreach (Route route in routes)
        {
            double routeWeight = named ? 1 : route.Weight;
            double targetWeights = route.Targets.Sum(target => (double)target.Weight);
            foreach (RouteTarget target in route.Targets)
            {
                if (routeWeight > 0 && target.Weight > 0)
                    shares.Add(new RouteShare(route, target, routeWeight * target.Weight / targetWeights));
            }
        }

        Shares = [.. shares];
        EndpointCount = shares.Sum(share => share.Target.Endpoints.Length);
        FollowsWeights = routes.Any(route => route.Targets.Length > 1) || shares.Any(share => share.Weight != shares[0].Weight);
    }

    public RouteShare[] Shares { get; }

    /// <summary>Of all shares together.</summary>
    public int EndpointCount { get; }

    /// <summary>True when a share is drawn by weight before an endpoint is picked in it.</summary>
    public bool FollowsWeights { get; }
}

/// <summary>A target of a route and how much of the tier's traffic it gets; <paramref name="Weight"/> is above 0.</summary>
internal sealed record RouteShare(Route Route, RouteTarget Target, double Weight);
