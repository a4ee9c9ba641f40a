using Gateway.Discovery;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Discovery;

public sealed class ConfiguredMappingTests
{
    [Fact]
    public void EveryMember_IsTakenOver()
    {
        Mapping mapping = ConfiguredMapping.From(new MappingOptions
        {
            Model = "m",
            OwnedBy = "vllm",
            ServiceName = "",
            Namespace = "ns",
            Endpoints = { "http://127.0.0.1:1" },
            TargetModel = "real",
            Weight = 3,
            Priority = -2,
            Timeouts = new() { Idle = TimeSpan.FromSeconds(5) },
            Targets = { new() { ServiceName = "svc", TargetModel = "next", Weight = 5 }, new() { Endpoints = { "http://127.0.0.1:2/" } } },
        });

        Assert.Equal(("m", "vllm", "real"), (mapping.Model, mapping.OwnedBy, mapping.TargetModel));
        Assert.Equal((null, "ns"), (mapping.ServiceName, mapping.Namespace));
        Assert.Equal((3, -2), (mapping.Weight, mapping.Priority));
        Assert.Equal(new RouteTimeouts { Idle = TimeSpan.FromSeconds(5) }, mapping.Timeouts);
        Assert.Equal([Address(1)], mapping.Endpoints);
        Assert.Equal(
            [("svc", "next", 5), (null, null, 1)], mapping.Targets.Select(target => (target.ServiceName, target.TargetModel, target.Weight)));
        Assert.Equal([Address(2)], mapping.Targets[1].Endpoints);
    }

    [Fact]
    public void AWrongAddress_IsNamed()
    {
        var options = new MappingOptions { Model = "m", OwnedBy = "vllm", Endpoints = { "10.0.0.1:80" } };
        var wrong = Assert.Throws<FormatException>(() => ConfiguredMapping.From(options));

        Assert.Contains("'10.0.0.1:80'", wrong.Message, StringComparison.Ordinal);
    }
}
