namespace Gateway.Routing;

/// <summary>
/// A route written by an operator: which endpoints serve the pair (<see cref="Model"/>, <see cref="OwnedBy"/>).
/// Exactly one of <see cref="ServiceName"/>, <see cref="Endpoints"/> and <see cref="Targets"/> says so.
/// </summary>
internal sealed record Mapping
{
    public required string Model { get; init; }

    public required string OwnedBy { get; init; }

    /// <summary>A Service or a Deployment in <see cref="Namespace"/>.</summary>
    public string? ServiceName { get; init; }

    public string? Namespace { get; init; }

    public IReadOnlyList<EndpointAddress> Endpoints { get; init; } = [];

    /// <summary>The shares of a canary.</summary>
    public IReadOnlyList<MappingTarget> Targets { get; init; } = [];

    /// <summary>The model name that the engine is asked for, where it is not <see cref="Model"/>.</summary>
    public string? TargetModel { get; init; }

    /// <summary>Share among the engines of a model when a request names none; 0 = never.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Order among the engines of a model when a request names none; lower first.</summary>
    public int Priority { get; init; }

    /// <summary>Null when all timers are as they are for all.</summary>
    public RouteTimeouts? Timeouts { get; init; }

    /// <summary>What makes two mappings the same one: the exact model, the engine under any of its names.</summary>
    public MappingKey Key => new(Model, EngineNames.Canonical(OwnedBy));
}

/// <summary>One share of a canary: exactly one of <see cref="ServiceName"/> and <see cref="Endpoints"/>.</summary>
internal sealed record MappingTarget
{
    public string? ServiceName { get; init; }

    public IReadOnlyList<EndpointAddress> Endpoints { get; init; } = [];

    public string? TargetModel { get; init; }

    public int Weight { get; init; } = 1;
}

/// <summary>The pair that a mapping is for; <paramref name="Engine"/> in its canonical spelling.</summary>
internal readonly record struct MappingKey(string Model, string Engine);
