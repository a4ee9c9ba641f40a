using System.Text.Json;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>Which routes and which endpoints a request may have, in the order of preference, and why in that order.</summary>
internal static class PreferenceJson
{
    /// <summary>Every route of the model: those that the request may take in the order of preference, then the others.</summary>
    public static void WriteRoutes(Utf8JsonWriter json, RouteMatch match)
    {
        IEnumerable<Route> routes = match.Model?.Routes ?? [];
        json.WriteStartArray("routes");
        foreach (Route route in routes.OrderBy(route => (uint)TierOf(route, match)))
        {
            int tier = TierOf(route, match);
            json.WriteStartObject();
            json.WriteString("model", route.Model);
            json.WriteString("owned_by", route.OwnedBy);
            json.WriteString("source", RoutingEntry.NameOf(route.Source));
            json.WriteNumber("priority", route.Priority);
            json.WriteNumber("weight", route.Weight);
            WriteTier(json, tier);
            json.WriteString("reason", ReasonOf(route, tier, match));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteCandidates(Utf8JsonWriter json, IReadOnlyList<Candidate> candidates)
    {
        json.WriteStartArray("candidates");
        foreach (Candidate candidate in candidates)
        {
            json.WriteStartObject();
            EndpointJson.WriteMembers(json, candidate.Endpoint);
            json.WriteString("owned_by", candidate.Share.Route.OwnedBy);
            json.WriteString("target_model", candidate.Share.Target.Model);
            WriteTier(json, candidate.Tier);
            json.WriteNumber("weight", candidate.Share.Weight);
            if (candidate.Score is { } score)
                json.WriteNumber("score", score);
            else
                json.WriteNull("score");
            json.WriteBoolean("in", candidate.Standing == Standing.In);
            json.WriteString("reason", ReasonOf(candidate.Standing));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // -1 for a route that the request may not take.
    private static int TierOf(Route route, RouteMatch match) =>
        Array.FindIndex(match.Tiers, tier => Array.Exists(tier.Shares, share => share.Route == route));

    private static string ReasonOf(Route route, int tier, RouteMatch match)
    {
        if (match.Outcome == RouteOutcome.EngineUnknown)
            return "the request names another engine";
        if (match.Tiers == match.Model!.Tiers)
        {
            return tier < 0 ? "its weight is 0"
                : match.Tiers[tier] == route.Alone[0] ? "its place in Gateway:Routing:DefaultOwnedBy"
                : "its priority";
        }

        return match.Tiers == route.Alone ? "the request names its engine" : "the request names another engine";
    }

    private static string? ReasonOf(Standing standing) => standing switch
    {
        Standing.In => null,
        Standing.Cordoned => "cordoned",
        Standing.Gone => "ejected: takes no connection, or its probe failed",
        Standing.Failing => "ejected: failed requests",
        Standing.AtLimit => "at its limit",
        Standing.PassedOver => "all endpoints of its tier fail, and those of a later one do better",
        Standing.NotNeeded => "an earlier tier serves",
        _ => throw new ArgumentOutOfRangeException(nameof(standing), standing, null),
    };

    // Counted from 1 on, as people do.
    private static void WriteTier(Utf8JsonWriter json, int tier)
    {
        if (tier < 0)
            json.WriteNull("tier");
        else
            json.WriteNumber("tier", tier + 1);
    }
}
