namespace Gateway.Picking;

internal sealed class RoundRobinPolicy : IPickingPolicy
{
    private uint _next;

    public string Name => "round-robin";

    public IPickingPolicy Rehearsal => new RoundRobinPolicy { _next = Volatile.Read(ref _next) };

    public bool IsContentWithTwo => false;

    public LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates) =>
        candidates[(int)((Interlocked.Increment(ref _next) - 1) % (uint)candidates.Length)];

    public double? ScoreOf(LiveEndpoint endpoint) => null;
}
