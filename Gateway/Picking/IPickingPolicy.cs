namespace Gateway.Picking;

/// <summary>Chooses one of several endpoints that could all serve a request.</summary>
internal interface IPickingPolicy
{
    /// <param name="candidates">At least one.</param>
    LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates);
}
