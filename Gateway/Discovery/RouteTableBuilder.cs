using System.Text.Json;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Makes the route table out of what discovery found and operators wrote: same inputs, same table.</summary>
internal sealed class RouteTableBuilder(EndpointRegistry registry, IServiceResolver services)
{
    public RouteTable Build(RouteInputs inputs)
    {
        var routes = new Dictionary<MappingKey, Route>();
        foreach (var pair in inputs.Discovered.GroupBy(served => new MappingKey(served.Model, EngineNames.Canonical(served.OwnedBy))))
            routes.Add(pair.Key, Discovered([.. pair]));
        foreach (Mapping mapping in inputs.Admin)
            Supersede(routes, mapping.Key, Mapped(mapping, RouteSource.Admin, inputs.Cards));
        foreach (Mapping mapping in inputs.Configured)
            Supersede(routes, mapping.Key, Mapped(mapping, RouteSource.Config, inputs.Cards));

        return new RouteTable(routes.Values, inputs.DefaultOwnedBy);
    }

    // A mapping that leads nowhere yet leaves a lower source's route in place, but makes its pair known where there is none.
    private static void Supersede(Dictionary<MappingKey, Route> routes, MappingKey key, Route higher)
    {
        if (!routes.TryGetValue(key, out Route? lower) || LeadsSomewhere(higher) || !LeadsSomewhere(lower))
            routes[key] = higher;
    }

    private static bool LeadsSomewhere(Route route) => Array.Exists(route.Targets, target => target.Endpoints.Length > 0);

    private static Route Discovered(ServedModel[] served)
    {
        ServedModel first = served[0];
        Endpoint[] endpoints = [.. served.Select(one => one.Endpoint).OfType<Endpoint>().Distinct()];
        return new Route(first.Model, first.OwnedBy, RouteSource.Discovered, [new RouteTarget(endpoints, first.Model)])
        {
            ServiceName = OnlyOne(served.Select(one => one.Found?.ServiceName)),
            Namespace = OnlyOne(served.Select(one => one.Found?.Namespace)),
            Card = Array.Find(served, one => one.Card is not null)?.Card,
        };
    }

    private static string? OnlyOne(IEnumerable<string?> names) => names.Distinct().Take(2).ToArray() is [var only] ? only : null;

    private Route Mapped(Mapping mapping, RouteSource source, IReadOnlyDictionary<EndpointAddress, IReadOnlyList<ModelCard>> cards)
    {
        string model = mapping.TargetModel ?? mapping.Model;
        RouteTarget[] targets = mapping.Targets.Count == 0
            ? [new RouteTarget(Resolve(mapping.Namespace, mapping.ServiceName, mapping.Endpoints), model)]
            : [.. mapping.Targets.Select(share => new RouteTarget(
                Resolve(mapping.Namespace, share.ServiceName, share.Endpoints), share.TargetModel ?? model, share.Weight))];

        return new Route(mapping.Model, mapping.OwnedBy, source, targets)
        {
            ServiceName = mapping.ServiceName,
            Namespace = mapping.Namespace,
            Weight = mapping.Weight,
            Priority = mapping.Priority,
            Timeouts = mapping.Timeouts,
            Card = CardOf(targets, cards),
        };
    }

    private Endpoint[] Resolve(string? @namespace, string? serviceName, IReadOnlyList<EndpointAddress> addresses)
    {
        IReadOnlyList<EndpointAddress> resolved = serviceName is null ? addresses : services.Resolve(@namespace, serviceName);
        return [.. resolved.Distinct().Select(registry.Get)];
    }

    private static JsonElement? CardOf(RouteTarget[] targets, IReadOnlyDictionary<EndpointAddress, IReadOnlyList<ModelCard>> cards)
    {
        foreach (RouteTarget target in targets)
        {
            foreach (Endpoint endpoint in target.Endpoints)
            {
                if (cards.TryGetValue(endpoint.Address, out IReadOnlyList<ModelCard>? listed)
                    && listed.FirstOrDefault(card => card.Id == target.Model) is { } found)
                {
                    return found.Json;
                }
            }
        }

        return null;
    }
}
