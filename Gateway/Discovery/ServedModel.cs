using System.Text.Json;
using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>That an endpoint serves a model, as discovery found out.</summary>
/// <param name="Endpoint">Who serves; null where the pair is only known.</param>
/// <param name="Model">The model's name.</param>
/// <param name="OwnedBy">The engine.</param>
/// <param name="Card">Its card, where one is known.</param>
internal sealed record ServedModel(Endpoint? Endpoint, string Model, string OwnedBy, JsonElement? Card)
{
    /// <summary>The pair, under which it meets the others that serve it.</summary>
    public MappingKey Pair { get; } = new(Model, EngineNames.Canonical(OwnedBy));

    /// <summary>What was found where.</summary>
    public FoundEndpoint? Found { get; init; }

    /// <summary>Whether the engine's name is a guess that its first answer may still correct.</summary>
    public bool IsGuess { get; init; }
}
