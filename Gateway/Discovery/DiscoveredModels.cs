namespace Gateway.Discovery;

/// <summary>What discovery knows at one moment. Immutable.</summary>
/// <param name="Endpoints">Every endpoint that a source names, one entry an address.</param>
/// <param name="Served">What they serve, and what is only known.</param>
/// <param name="Shadowed">Endpoints whose pair belongs to another namespace.</param>
/// <param name="AreAsked">Whether every endpoint that may have requests has been asked what it serves.</param>
internal sealed record DiscoveredModels(
    IReadOnlyList<FoundEndpoint> Endpoints, IReadOnlyList<ServedModel> Served, IReadOnlyList<IgnoredObject> Shadowed, bool AreAsked)
{
    public static DiscoveredModels None { get; } = new([], [], [], AreAsked: false);
}
