namespace Gateway.Picking;

internal sealed class RandomPolicy : IPickingPolicy
{
    public string Name => "random";

    public bool IsContentWithTwo => true;

    public LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates) => candidates[Random.Shared.Next(candidates.Length)];

    public double? ScoreOf(LiveEndpoint endpoint) => null;
}
