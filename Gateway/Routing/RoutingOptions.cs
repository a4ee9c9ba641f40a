using System.ComponentModel.DataAnnotations;

namespace Gateway.Routing;

/// <summary>Where model and engine are read from, and what is preferred where the client leaves a choice.</summary>
internal sealed class RoutingOptions
{
    /// <summary>Engines in order of preference when a request names none.</summary>
    public IList<string> DefaultOwnedBy { get; init; } = [];

    /// <summary>Where model and engine may come from, in order: any of <c>body</c>, <c>header</c>, <c>query</c>, separated by commas.</summary>
    public string Sources { get; init; } = "body,header,query";

    /// <summary>Whether <c>name@engine</c> in <c>model</c> names an engine.</summary>
    public bool ModelSuffix { get; init; }

    /// <summary>Further paths to proxy, each beginning with a slash.</summary>
    public IList<string> ExtraPaths { get; init; } = [];

    /// <summary>How an endpoint is picked among those of a route.</summary>
    [AllowedValues("least-requests", "round-robin", "random")]
    public string Picker { get; init; } = "least-requests";
}
