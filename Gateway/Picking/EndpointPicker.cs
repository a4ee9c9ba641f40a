using System.Buffers;
using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>Chooses the endpoint of one attempt: tier by preference, share by weight, endpoint by policy.</summary>
internal sealed class EndpointPicker(IPickingPolicy policy)
{
    /// <summary>Picks among the endpoints that are available and not in <paramref name="tried"/>.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPick(RouteTier[] tiers, List<LiveEndpoint> tried, out PickedEndpoint picked)
    {
        foreach (RouteTier tier in tiers)
        {
            if (tier.FollowsWeights ? TryPickByWeight(tier, tried, out picked) : TryPickAmong(tier.Shares, tried, out picked))
                return true;
        }

        picked = default;
        return false;
    }

    private bool TryPickByWeight(RouteTier tier, List<LiveEndpoint> tried, out PickedEndpoint picked)
    {
        double ticket = Random.Shared.NextDouble() * tier.TotalWeight;
        int drawn = 0;
        while (drawn < tier.Shares.Length - 1 && (ticket -= tier.Shares[drawn].Weight) >= 0)
            drawn++;

        // A share without an available endpoint gives its turn to the next.
        for (int i = 0; i < tier.Shares.Length; i++)
        {
            if (TryPickAmong(tier.Shares.AsSpan((drawn + i) % tier.Shares.Length, 1), tried, out picked))
                return true;
        }

        picked = default;
        return false;
    }

    private bool TryPickAmong(ReadOnlySpan<RouteShare> shares, List<LiveEndpoint> tried, out PickedEndpoint picked)
    {
        int most = 0;
        foreach (RouteShare share in shares)
            most += share.Target.Endpoints.Length;

        LiveEndpoint[] rented = ArrayPool<LiveEndpoint>.Shared.Rent(most);
        try
        {
            int count = 0;
            foreach (RouteShare share in shares)
            {
                foreach (Endpoint endpoint in share.Target.Endpoints)
                {
                    var live = (LiveEndpoint)endpoint;
                    if (live.IsAvailable && !tried.Contains(live))
                        rented[count++] = live;
                }
            }

            if (count == 0)
            {
                picked = default;
                return false;
            }

            LiveEndpoint chosen = policy.Choose(rented.AsSpan(0, count));
            RouteShare owner = ShareOf(shares, chosen);
            picked = new PickedEndpoint(owner.Route, owner.Target, chosen);
            return true;
        }
        finally
        {
            // Not cleared: endpoints live as long as the process knows them, and the next pick overwrites what it reads.
            ArrayPool<LiveEndpoint>.Shared.Return(rented);
        }
    }

    private static RouteShare ShareOf(ReadOnlySpan<RouteShare> shares, LiveEndpoint chosen)
    {
        foreach (RouteShare share in shares)
        {
            if (Array.IndexOf(share.Target.Endpoints, chosen) >= 0)
                return share;
        }

        throw new InvalidOperationException("The picking policy chose an endpoint that was not among the candidates.");
    }
}
