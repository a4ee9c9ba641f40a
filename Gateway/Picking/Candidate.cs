using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>How an endpoint stands in one choice.</summary>
internal enum Standing
{
    /// <summary>May be chosen.</summary>
    In,

    Cordoned,

    /// <summary>Takes no connection, or its probe failed.</summary>
    Gone,

    /// <summary>Is ejected for failing requests.</summary>
    Failing,

    /// <summary>Has as many requests as it may have.</summary>
    AtLimit,

    /// <summary>All endpoints of its tier fail, and those of a later one do better.</summary>
    PassedOver,

    /// <summary>An earlier tier serves.</summary>
    NotNeeded,
}

/// <summary>One endpoint that a request might have.</summary>
/// <param name="Tier">From 0 on, the most preferred first.</param>
/// <param name="Share">The part of the tier that it stands in; it may stand in several.</param>
/// <param name="Endpoint">The endpoint.</param>
/// <param name="Standing">How it stands.</param>
/// <param name="Score">What the policy compares it by, the less the better; null when it does not compare.</param>
internal sealed record Candidate(int Tier, RouteShare Share, LiveEndpoint Endpoint, Standing Standing, double? Score)
{
    /// <summary>Every endpoint of the tiers, in their order.</summary>
    /// <param name="tiers">Those that a request may take.</param>
    /// <param name="tried">Endpoints that it may not have.</param>
    /// <param name="limit">How many requests an endpoint may have.</param>
    /// <param name="picked">What the picker has chosen; null when it found nothing.</param>
    /// <param name="policy">How it chose.</param>
    public static List<Candidate> AllOf(RouteTier[] tiers, List<LiveEndpoint> tried, int limit, PickedEndpoint? picked, IPickingPolicy policy)
    {
        int serving = Array.FindIndex(tiers, tier => Array.Exists(tier.Shares, share => share.Target == picked?.Target));
        var all = new List<Candidate>();
        for (int i = 0; i < tiers.Length; i++)
        {
            var rule = EjectionRule.Of(tiers[i].Shares);
            foreach (RouteShare share in tiers[i].Shares)
            {
                foreach (LiveEndpoint endpoint in share.Target.Endpoints.Cast<LiveEndpoint>())
                {
                    Standing standing = !EndpointPicker.IsCandidate(endpoint, rule, tried, limit) ? WhyOut(endpoint, rule)
                        : i < serving ? Standing.PassedOver
                        : i > serving ? Standing.NotNeeded
                        : Standing.In;
                    all.Add(new Candidate(i, share, endpoint, standing, policy.ScoreOf(endpoint)));
                }
            }
        }

        return all;
    }

    private static Standing WhyOut(LiveEndpoint endpoint, EjectionRule rule) =>
        endpoint.IsCordoned ? Standing.Cordoned
        : !endpoint.IsAvailable ? Standing.Gone
        : rule.Admits(endpoint) ? Standing.AtLimit
        : Standing.Failing;
}
