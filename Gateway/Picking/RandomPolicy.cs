namespace Gateway.Picking;

internal sealed class RandomPolicy : IPickingPolicy
{
    public LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates) => candidates[Random.Shared.Next(candidates.Length)];
}
