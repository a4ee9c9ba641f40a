using System.Text.Json;
using Gateway.Discovery;
using Gateway.Picking;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Discovery;

public sealed class RouteTableBuilderTests
{
    private readonly EndpointRegistry _registry = new(TimeProvider.System);
    private readonly Services _services = new();
    private readonly RouteTableBuilder _builder;

    public RouteTableBuilderTests() => _builder = new RouteTableBuilder(_registry, _services);

    [Fact]
    public void EnginesOfOnePair_ShareARoute_UnderTheFirstSpelling()
    {
        RouteTable table = _builder.Build(new()
        {
            Discovered = [Served(1, "m", "TRTLLM"), Served(2, "m", "tensorrt_llm"), Served(3, "m", "vllm"), Served(1, "M", "vllm")],
        });

        Assert.Equal(["M on vllm: 1", "m on TRTLLM: 1+2", "m on vllm: 3"], Describe(table));
        Assert.All(table.Routes, route => Assert.Equal(RouteSource.Discovered, route.Source));
    }

    [Fact]
    public void AMapping_TakesTheDiscoveredRoutesPlace()
    {
        RouteTable table = _builder.Build(new()
        {
            Discovered = [Served(1, "m", "tensorrt_llm"), Served(2, "m", "sglang")],
            Admin = [Mapping("m", "trtllm-serve", 9)],
        });

        Assert.Equal(["m on sglang: 2", "m on trtllm-serve: 9"], Describe(table));
        Assert.Equal(RouteSource.Admin, table.Find("m")!.Find("trtllm")!.Source);
    }

    [Fact]
    public void Configuration_OutranksAnAdminMapping()
    {
        RouteTable table = _builder.Build(new()
        {
            Discovered = [Served(1, "m", "vllm")],
            Admin = [Mapping("m", "VLLM", 2)],
            Configured = [Mapping("m", "vllm", 3)],
        });

        Assert.Equal(["m on vllm: 3"], Describe(table));
        Assert.Equal(RouteSource.Config, table.Find("m")!.Routes[0].Source);
    }

    [Fact]
    public void AMappingThatLeadsNowhere_LeavesTheLowerRouteInPlace()
    {
        Mapping nowhere = new() { Model = "m", OwnedBy = "vllm", ServiceName = "none" };

        Assert.Equal(["m on vllm: 1"], Describe(_builder.Build(new() { Discovered = [Served(1, "m", "vllm")], Admin = [nowhere] })));
        Assert.Equal(["m on vllm: 2"], Describe(_builder.Build(new() { Admin = [Mapping("m", "vllm", 2)], Configured = [nowhere] })));
    }

    [Fact]
    public void AMappingThatLeadsNowhere_IsKnown()
    {
        Mapping nowhere = new() { Model = "m", OwnedBy = "vllm", ServiceName = "none" };
        RouteTable table = _builder.Build(new() { Admin = [nowhere], Configured = [nowhere] });

        Assert.Equal(["m on vllm: "], Describe(table));
        Assert.Equal((RouteSource.Config, "none"), (table.Routes.Single().Source, table.Routes.Single().ServiceName));
        Assert.Equal(RouteOutcome.Found, table.Match("m", "", false).Outcome);
    }

    [Fact]
    public void AService_IsResolvedInTheMappingsNamespace()
    {
        _services.Known[("ns", "svc")] = [Address(4), Address(5)];
        RouteTable table = _builder.Build(new() { Admin = [new() { Model = "m", OwnedBy = "vllm", ServiceName = "svc", Namespace = "ns" }] });

        Assert.Equal(["m on vllm: 4+5"], Describe(table));
    }

    [Fact]
    public void TheSameAddress_IsTheSameEndpointEverywhere()
    {
        RouteTable table = _builder.Build(new() { Discovered = [Served(1, "m", "vllm")], Admin = [Mapping("alias", "vllm", 1, 1)] });

        Endpoint mapped = Assert.Single(table.Find("alias")!.Routes[0].Targets[0].Endpoints);
        Assert.Same(table.Find("m")!.Routes[0].Targets[0].Endpoints[0], mapped);
    }

    [Fact]
    public void ACanary_HasOneTargetAShare()
    {
        _services.Known[(null, "svc")] = [Address(3)];
        Mapping canary = new()
        {
            Model = "m",
            OwnedBy = "vllm",
            TargetModel = "stable",
            Priority = 2,
            Weight = 7,
            Targets =
            [
                new() { Endpoints = [Address(1), Address(2)], Weight = 9 },
                new() { ServiceName = "svc", TargetModel = "next" },
            ],
        };
        Route route = _builder.Build(new() { Configured = [canary] }).Routes.Single();

        Assert.Equal((2, 7), (route.Priority, route.Weight));
        Assert.Equal([("stable", 9, 2), ("next", 1, 1)], route.Targets.Select(target => (target.Model, target.Weight, target.Endpoints.Length)));
    }

    [Fact]
    public void TheTargetModel_FallsBackToTheModel()
    {
        RouteTable table = _builder.Build(new() { Admin = [Mapping("a", "vllm", 1), Mapping("b", "vllm", 1) with { TargetModel = "real" }] });

        Assert.Equal(["a", "real"], table.Routes.Select(route => route.Targets[0].Model));
    }

    [Fact]
    public void AMappedRoute_ShowsTheCardOfItsTargetModel()
    {
        ModelCard card = Card("real");
        RouteTable table = _builder.Build(new()
        {
            Admin = [Mapping("a", "vllm", 1, 2) with { TargetModel = "real" }, Mapping("real", "vllm", 1)],
            CardsOf = address => address == Address(2) ? [Card("other"), card] : [],
        });

        Assert.Equal("real", table.Find("a")!.Routes[0].Card?.GetProperty("id").GetString());
        Assert.Null(table.Find("real")!.Routes[0].Card);
    }

    [Fact]
    public void DefaultOwnedBy_OrdersTheEngines()
    {
        RouteTable table = _builder.Build(new() { Discovered = [Served(1, "m", "a"), Served(2, "m", "b")], DefaultOwnedBy = ["b"] });

        Assert.Equal(["b", "a"], Owners(table.Match("m", "", false).Tiers));
    }

    private static Mapping Mapping(string model, string ownedBy, params int[] ports) =>
        new() { Model = model, OwnedBy = ownedBy, Endpoints = [.. ports.Select(Address)] };

    private static ModelCard Card(string id) => new(id, null, JsonElement.Parse($$"""{"id":"{{id}}"}"""));

    private ServedModel Served(int port, string model, string ownedBy) => new(_registry.Get(Address(port)), model, ownedBy, Card(model).Json);

    private static IEnumerable<string> Describe(RouteTable table) =>
        from route in table.Routes
        let ports = route.Targets.SelectMany(target => target.Endpoints).Select(endpoint => endpoint.Address.Authority.Split(':')[1])
        select $"{route.Model} on {route.OwnedBy}: {string.Join('+', ports)}";

    private sealed class Services : IServiceResolver
    {
        public Dictionary<(string?, string), EndpointAddress[]> Known { get; } = [];

        public event Action? Changed
        {
            add { }
            remove { }
        }

        public IReadOnlyList<EndpointAddress> Resolve(string? @namespace, string name) => Known.GetValueOrDefault((@namespace, name)) ?? [];
    }
}
