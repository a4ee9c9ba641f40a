using System.Text.Json;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Admin;

/// <summary>One line of the list of routes: a route in use, a mapping that is not in use, or the two where they belong together.</summary>
/// <param name="Mapping">What the operator wrote; null for what was discovered.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Route">What the requests get; null while the mapping resolves to no endpoint or is shadowed.</param>
/// <param name="IsShadowed">Whether the configuration has taken the pair from this mapping.</param>
internal sealed record RoutingEntry(Mapping? Mapping, RouteSource Source, Route? Route, bool IsShadowed = false)
{
    public string Model => Route?.Model ?? Mapping!.Model;

    public string OwnedBy => Route?.OwnedBy ?? Mapping!.OwnedBy;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("model", Model);
        json.WriteString("owned_by", OwnedBy);
        json.WriteString("service_name", Mapping is null ? Route?.ServiceName : Mapping.ServiceName);
        json.WriteString("namespace", Mapping?.Namespace ?? Route?.Namespace);
        json.WriteString("source", NameOf(Source));
        json.WriteString("target_model", Mapping is null ? DiscoveredTargetModel() : Mapping.TargetModel);
        json.WriteNumber("weight", Route?.Weight ?? Mapping!.Weight);
        json.WriteNumber("priority", Route?.Priority ?? Mapping!.Priority);
        if (Mapping is not null)
        {
            MappingJson.WriteTargets(json, Mapping);
            MappingJson.WriteTimeouts(json, Mapping);
        }

        if (IsShadowed)
            json.WriteString("shadowed_by", NameOf(RouteSource.Config));
        WriteEndpoints(json);
        json.WriteEndObject();
    }

    private void WriteEndpoints(Utf8JsonWriter json)
    {
        RouteTarget[] targets = Route?.Targets ?? [];
        json.WriteStartArray("endpoints");
        foreach (RouteTarget target in targets)
        {
            foreach (Endpoint endpoint in target.Endpoints)
            {
                json.WriteStartObject();
                EndpointJson.WriteMembers(json, (LiveEndpoint)endpoint);

                // An endpoint may stand in several shares of a canary, under the name of another adapter in each.
                if (targets.Length > 1)
                    json.WriteString("target_model", target.Model);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    }

    private string? DiscoveredTargetModel() => Route is { Targets: [var only] } && only.Model != Route.Model ? only.Model : null;

    public static string NameOf(RouteSource source) => source switch
    {
        RouteSource.Discovered => "discovered",
        RouteSource.Admin => "admin",
        RouteSource.Config => "config",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, null),
    };
}
