namespace Gateway.Picking;

/// <summary>Chooses one of several endpoints that could all serve a request.</summary>
internal interface IPickingPolicy
{
    /// <param name="candidates">At least one.</param>
    LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates);
}

/// <summary>
/// The less busy of two drawn at random: nearly as even as asking all of them, without the herd that follows when every
/// replica of a gateway sees the same endpoint as the least busy one (Mitzenmacher, "The power of two choices", 2001).
/// </summary>
internal sealed class LeastRequestsPolicy : IPickingPolicy
{
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
}

internal sealed class RoundRobinPolicy : IPickingPolicy
{
    private uint _next;

    public LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates) =>
        candidates[(int)((Interlocked.Increment(ref _next) - 1) % (uint)candidates.Length)];
}

internal sealed class RandomPolicy : IPickingPolicy
{
    public LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates) => candidates[Random.Shared.Next(candidates.Length)];
}
