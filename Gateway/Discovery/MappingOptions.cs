using System.ComponentModel.DataAnnotations;
using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>A mapping in configuration: the same members as the admin API's.</summary>
internal sealed class MappingOptions
{
    [Required]
    public string Model { get; init; } = "";

    [Required]
    public string OwnedBy { get; init; } = "";

    public string? ServiceName { get; init; }

    public string? Namespace { get; init; }

    public IList<string> Endpoints { get; init; } = [];

    public string? TargetModel { get; init; }

    [Range(0, 1_000_000)]
    public int Weight { get; init; } = 1;

    public int Priority { get; init; }

    public RouteTimeouts? Timeouts { get; init; }

    public IList<MappingTargetOptions> Targets { get; init; } = [];
}

/// <summary>One share of a canary in configuration.</summary>
internal sealed class MappingTargetOptions
{
    public string? ServiceName { get; init; }

    public IList<string> Endpoints { get; init; } = [];

    public string? TargetModel { get; init; }

    [Range(0, 1_000_000)]
    public int Weight { get; init; } = 1;
}
