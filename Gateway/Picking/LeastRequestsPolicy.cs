namespace Gateway.Picking;

/// <summary>
/// The less busy of two drawn at random: nearly as even as asking all of them, without the herd that follows when every
/// replica of a gateway sees the same endpoint as the least busy one (Mitzenmacher, "The power of two choices", 2001).
/// </summary>
internal sealed class LeastRequestsPolicy : IPickingPolicy
{
    public string Name => "least-requests";

    public bool IsContentWithTwo => true;

    public LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates)
    {
        if (candidates.Length == 1)
            return candidates[0];

        int first = Random.Shared.Next(candidates.Length);
        int second = Random.Shared.Next(candidates.Length - 1);
        if (second >= first)
            second++;
        return candidates[second].InFlight < candidates[first].InFlight ? candidates[second] : candidates[first];
    }

    public double? ScoreOf(LiveEndpoint endpoint) => endpoint.InFlight;
}
