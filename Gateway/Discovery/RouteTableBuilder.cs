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
        foreach (var pair in inputs.Discovered.GroupBy(served => served.Pair))
            routes.Add(pair.Key, Discovered([.. pair]));
        foreach (Mapping mapping in inputs.Admin)
            Supersede(routes, mapping.Key, Mapped(mapping, RouteSource.Admin, inputs.CardsOf));
        foreach (Mapping mapping in inputs.Configured)
            Supersede(routes, mapping.Key, Mapped(mapping, RouteSource.Config, inputs.CardsOf));

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
        return new Route(first.Model, first.OwnedBy, RouteSource.Discovered, [new RouteTarget(Endpoints(served), first.Model)])
        {
            ServiceName = OnlyOne(served, found => found?.ServiceName),
            Namespace = OnlyOne(served, found => found?.Namespace),
            Card = Array.Find(served, one => one.Card is not null)?.Card,
        };
    }

    private static List<Endpoint> Endpoints(ServedModel[] served)
    {
        var endpoints = new List<Endpoint>(served.Length);
        foreach (ServedModel one in served)
        {
            // One that lists a model twice does so in one breath.
            if (one.Endpoint is { } endpoint && (endpoints.Count == 0 || endpoints[^1] != endpoint))
                endpoints.Add(endpoint);
        }

        return endpoints;
    }

    // Null where they differ.
    private static string? OnlyOne(ServedModel[] served, Func<FoundEndpoint?, string?> nameOf)
    {
        string? first = nameOf(served[0].Found);
        return Array.TrueForAll(served, one => nameOf(one.Found) == first) ? first : null;
    }

    private Route Mapped(Mapping mapping, RouteSource source, Func<EndpointAddress, IReadOnlyList<ModelCard>> cardsOf)
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
            Card = CardOf(targets, cardsOf),
        };
    }

    private Endpoint[] Resolve(string? @namespace, string? serviceName, IReadOnlyList<EndpointAddress> addresses)
    {
        IReadOnlyList<EndpointAddress> resolved = serviceName is null ? addresses : services.Resolve(@namespace, serviceName);
        return [.. resolved.Distinct().Select(registry.Get)];
    }

    private static JsonElement? CardOf(RouteTarget[] targets, Func<EndpointAddress, IReadOnlyList<ModelCard>> cardsOf)
    {
        foreach (RouteTarget target in targets)
        {
            foreach (Endpoint endpoint in target.Endpoints)
            {
                if (cardsOf(endpoint.Address).FirstOrDefault(card => card.Id == target.Model) is { } found)
                    return found.Json;
            }
        }

        return null;
    }
}
