using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>An address to probe, and how.</summary>
/// <param name="Address">Where.</param>
/// <param name="Key">What it wants as <c>Authorization</c>.</param>
/// <param name="AnyAnswerIsAlive">
/// Whether its models are known from elsewhere, so that even a 404 shows that it works; otherwise only a list of models does.
/// </param>
internal sealed record ProbeTarget(EndpointAddress Address, EngineKey Key, bool AnyAnswerIsAlive)
{
    /// <summary>Whether it is not to be asked for the time being; what is known of it stays known.</summary>
    public bool IsPaused { get; init; }
}
