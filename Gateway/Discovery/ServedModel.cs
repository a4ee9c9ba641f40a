using System.Text.Json;

namespace Gateway.Discovery;

/// <summary>That an endpoint serves a model, as discovery found out.</summary>
/// <param name="Endpoint">Who serves.</param>
/// <param name="Model">The model's name.</param>
/// <param name="OwnedBy">The engine.</param>
/// <param name="Card">Its card, where one is known.</param>
internal sealed record ServedModel(Endpoint Endpoint, string Model, string OwnedBy, JsonElement? Card);
