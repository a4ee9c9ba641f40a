using Gateway.Picking;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

public sealed class EndpointRegistryTests
{
    private readonly EndpointRegistry _registry = new(TimeProvider.System);

    [Fact]
    public void TheSameAddress_IsTheSameEndpoint()
    {
        Assert.Same(_registry.Get(Address(1)), _registry.Get(Address(1)));
        Assert.NotSame(_registry.Get(Address(1)), _registry.Get(Address(2)));
    }

    [Fact]
    public void Retain_ForgetsWhatIsNotNamedUnlessRequestsRun()
    {
        LiveEndpoint named = _registry.Get(Address(1));
        LiveEndpoint busy = _registry.Get(Address(2));
        LiveEndpoint idle = _registry.Get(Address(3));
        busy.BeginRequest();

        _registry.Retain(new HashSet<LiveEndpoint> { named });
        Assert.Equal([named, busy], _registry.All.OrderBy(endpoint => endpoint.Address.Authority));

        busy.EndRequest();
        _registry.Retain(new HashSet<LiveEndpoint> { named });
        Assert.Equal([named], _registry.All);
        Assert.NotSame(idle, _registry.Get(Address(3)));
    }
}
