using System.Buffers;
using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>Chooses the endpoint of one attempt: tier by preference, share by weight, endpoint by policy.</summary>
internal sealed class EndpointPicker(IPickingPolicy policy)
{
    // With half of the endpoints out, three of four draws fail; what is then left to do is what it costs without drawing.
    private const int Draws = 4;

    public IPickingPolicy Policy => policy;

    /// <summary>Picks as this one would, without a trace in what it picks for requests.</summary>
    public EndpointPicker Rehearsal => new(policy.Rehearsal);

    /// <summary>Picks among the endpoints that are available and not in <paramref name="tried"/>, however much they have to do.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPick(RouteTier[] tiers, List<LiveEndpoint> tried, out PickedEndpoint picked) =>
        TryPick(tiers, tried, AdmissionLimits.None, out picked);

    /// <summary>Picks among the endpoints that are available, have fewer than <paramref name="limit"/> requests, and are not in <paramref name="tried"/>.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryPick(RouteTier[] tiers, List<LiveEndpoint> tried, int limit, out PickedEndpoint picked)
    {
        bool passedOver = false;
        foreach (RouteTier tier in tiers)
        {
            if (TryDraw(tier, tried, limit, out picked))
                return true;

            var rule = EjectionRule.Of(tier.Shares);
            if (rule.AllFail)
                passedOver = true;
            else if (TryPickFrom(tier, rule, tried, limit, out picked))
                return true;
        }

        // Tiers all of whose endpoints fail come after those that do better, in the same order.
        foreach (RouteTier tier in passedOver ? tiers : [])
        {
            if (TryPickFrom(tier, EjectionRule.Of(tier.Shares), tried, limit, out picked))
                return true;
        }

        picked = default;
        return false;
    }

    /// <summary>Whether the endpoint takes part in a choice.</summary>
    public static bool IsCandidate(LiveEndpoint endpoint, EjectionRule rule, List<LiveEndpoint> tried, int limit) =>
        rule.Admits(endpoint) && endpoint.InFlight < limit && !tried.Contains(endpoint);

    /// <summary>
    /// Picks likewise, and counts the request at the endpoint, so that none has more than <paramref name="limit"/> at any moment. Whoever gets it says
    /// <see cref="LiveEndpoint.EndRequest"/>.
    /// </summary>
    public bool TryClaim(RouteTier[] tiers, List<LiveEndpoint> tried, int limit, out PickedEndpoint picked)
    {
        while (TryPick(tiers, tried, limit, out picked))
        {
            if (picked.Endpoint.TryBeginRequest(limit))
                return true;
        }

        return false;
    }

    // Nearly always nearly all endpoints are well: then a pick costs the same among thousands as among two.
    private bool TryDraw(RouteTier tier, List<LiveEndpoint> tried, int limit, out PickedEndpoint picked)
    {
        picked = default;
        if (tier.FollowsWeights || !policy.IsContentWithTwo || tier.EndpointCount < 2)
            return false;

        for (int i = 0; i < Draws; i++)
        {
            int first = Random.Shared.Next(tier.EndpointCount);
            int second = Random.Shared.Next(tier.EndpointCount - 1);
            if (second >= first)
                second++;

            PickedEndpoint one = At(tier, first);
            PickedEndpoint other = At(tier, second);
            if (IsCandidate(one.Endpoint, default, tried, limit) && IsCandidate(other.Endpoint, default, tried, limit))
            {
                picked = ReferenceEquals(policy.Choose([one.Endpoint, other.Endpoint]), one.Endpoint) ? one : other;
                return true;
            }
        }

        return false;
    }

    private static PickedEndpoint At(RouteTier tier, int index)
    {
        foreach (RouteShare share in tier.Shares)
        {
            if (index < share.Target.Endpoints.Length)
                return new PickedEndpoint(share.Route, share.Target, (LiveEndpoint)share.Target.Endpoints[index]);
            index -= share.Target.Endpoints.Length;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }

    private bool TryPickFrom(RouteTier tier, EjectionRule rule, List<LiveEndpoint> tried, int limit, out PickedEndpoint picked) =>
        tier.FollowsWeights ? TryPickByWeight(tier, rule, tried, limit, out picked) : TryPickAmong(tier.Shares, rule, tried, limit, out picked);

    private bool TryPickByWeight(RouteTier tier, EjectionRule rule, List<LiveEndpoint> tried, int limit, out PickedEndpoint picked)
    {
        // The weights share out the traffic among those that can take it, so a share without a candidate takes no part in the draw.
        double total = 0;
        foreach (RouteShare share in tier.Shares)
            total += HasCandidate(share, rule, tried, limit) ? share.Weight : 0;

        double ticket = Random.Shared.NextDouble() * total;
        foreach (RouteShare share in tier.Shares)
        {
            if (HasCandidate(share, rule, tried, limit) && (ticket -= share.Weight) < 0 && TryPickAmong(new ReadOnlySpan<RouteShare>(in share), rule, tried, limit, out picked))
                return true;
        }

        // Endpoints came or went between the two rounds, or the sum was rounded: any share will do.
        return TryPickAmong(tier.Shares, rule, tried, limit, out picked);
    }

    private static bool HasCandidate(RouteShare share, EjectionRule rule, List<LiveEndpoint> tried, int limit)
    {
        foreach (Endpoint endpoint in share.Target.Endpoints)
        {
            if (IsCandidate((LiveEndpoint)endpoint, rule, tried, limit))
                return true;
        }

        return false;
    }

    private bool TryPickAmong(ReadOnlySpan<RouteShare> shares, EjectionRule rule, List<LiveEndpoint> tried, int limit, out PickedEndpoint picked)
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
                    if (IsCandidate(live, rule, tried, limit))
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
