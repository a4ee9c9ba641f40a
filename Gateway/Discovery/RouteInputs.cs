using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Everything that a route table follows from.</summary>
internal sealed record RouteInputs
{
    public IReadOnlyList<ServedModel> Discovered { get; init; } = [];

    public IReadOnlyList<Mapping> Admin { get; init; } = [];

    public IReadOnlyList<Mapping> Configured { get; init; } = [];

    public IReadOnlyList<string> DefaultOwnedBy { get; init; } = [];

    /// <summary>The cards that each endpoint listed, for the mappings that lead to it.</summary>
    public Func<EndpointAddress, IReadOnlyList<ModelCard>> CardsOf { get; init; } = _ => [];
}
