namespace Gateway.Picking;

/// <summary>Chooses one of several endpoints that could all serve a request.</summary>
internal interface IPickingPolicy
{
    /// <summary>As <c>Routing:Picker</c> calls it.</summary>
    string Name { get; }

    /// <summary>The same policy for a choice that nothing follows from: it leaves no trace in the choices of requests.</summary>
    IPickingPolicy Rehearsal => this;

    /// <summary>Whether two candidates drawn at random are as good to choose from as all of them.</summary>
    bool IsContentWithTwo { get; }

    /// <param name="candidates">At least one.</param>
    LiveEndpoint Choose(ReadOnlySpan<LiveEndpoint> candidates);

    /// <summary>What the policy compares endpoints by, the less the better; null when it does not compare them.</summary>
    double? ScoreOf(LiveEndpoint endpoint);
}
