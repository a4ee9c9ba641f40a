using Gateway.Peeking;
using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>Words for requests that no route serves.</summary>
internal static class RoutingErrors
{
    public static ForwardError Of(in RouteMatch match, in RequestNames names) => match.Outcome switch
    {
        RouteOutcome.ModelRequired => new ForwardError(
            ForwardFailure.ModelRequired,
            "No model is named: 'model' must be a non-empty string in the request body, or stand in the header 'x-gateway-model-name' or the query parameter 'model'.",
            "model"),
        RouteOutcome.EngineUnknown => EngineUnknown(match.Model!, names.Engine.IsEmpty ? match.SuffixOf(names.Model) : names.Engine),
        _ => ModelUnknown(names.Model),
    };

    public static ForwardError ModelUnknown(ReadOnlySpan<char> model) => new(
        ForwardFailure.ModelNotFound, $"The model '{model}' does not exist; GET /v1/models lists those that do.", "model");

    public static ForwardError EngineUnknown(ModelRoutes model, ReadOnlySpan<char> engine) => new(
        ForwardFailure.ModelNotFound, $"The model '{model.Model}' is not served by '{engine}'; it is served by {EnginesOf(model)}.", "owned_by");

    public static ForwardError NoneReady(in RouteMatch match) => new(
        ForwardFailure.NoReadyEndpoint, $"No endpoint of the model '{match.Model!.Model}' on {EnginesOf(match)} takes requests at the moment.");

    private static string EnginesOf(ModelRoutes model) => string.Join(", ", model.Routes.Select(route => $"'{route.OwnedBy}'"));

    private static string EnginesOf(in RouteMatch match)
    {
        string[] named = [.. match.Tiers.SelectMany(tier => tier.Shares).Select(share => $"'{share.Route.OwnedBy}'").Distinct()];
        return named.Length > 0 ? string.Join(", ", named) : EnginesOf(match.Model!);
    }
}
