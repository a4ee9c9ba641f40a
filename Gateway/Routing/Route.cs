using System.Text.Json;

namespace Gateway.Routing;

/// <summary>The pair (model, engine) and the endpoints that serve it. Immutable: a part of one <see cref="RouteTable"/>.</summary>
internal sealed class Route
{
    private readonly string[] _acceptedNames;

    public Route(string model, string ownedBy, RouteSource source, IReadOnlyList<RouteTarget> targets)
    {
        Model = model;
        OwnedBy = ownedBy;
        Source = source;
        Targets = [.. targets];
        _acceptedNames = EngineNames.Accepted(ownedBy);
        Alone = [new RouteTier([this])];
    }

    public string Model { get; }

    /// <summary>The engine as clients see it: in <c>/v1/models</c> and in the response header <c>x-owned-by</c>.</summary>
    public string OwnedBy { get; }

    public RouteSource Source { get; }

    /// <summary>Where the requests go; more than one for a canary.</summary>
    public RouteTarget[] Targets { get; }

    public string? ServiceName { get; init; }

    public string? Namespace { get; init; }

    public int Weight { get; init; } = 1;

    public int Priority { get; init; }

    /// <summary>Null when all timers are as they are for all.</summary>
    public RouteTimeouts? Timeouts { get; init; }

    /// <summary>The model card as the engine wrote it (a JSON object), when one is known.</summary>
    public JsonElement? Card { get; init; }

    /// <summary>This route as the only choice: what a request gets that names the engine.</summary>
    public RouteTier[] Alone { get; }

    public bool Accepts(ReadOnlySpan<char> engine)
    {
        foreach (string name in _acceptedNames)
        {
            if (engine.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
