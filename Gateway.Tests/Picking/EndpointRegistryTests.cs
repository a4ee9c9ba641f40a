using Gateway.Picking;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

public sealed class EndpointRegistryTests
{
    private readonly ManualClock _clock = new();
    private readonly EndpointRegistry _registry;

    public EndpointRegistryTests() => _registry = new EndpointRegistry(_clock);

    [Fact]
    public void TheSameAddress_IsTheSameEndpoint()
    {
        Assert.Same(_registry.Get(Address(1)), _registry.Get(Address(1)));
        Assert.NotSame(_registry.Get(Address(1)), _registry.Get(Address(2)));
    }

    [Fact]
    public void Retain_ShowsWhatIsNotNamedOnlyWhileRequestsRun()
    {
        LiveEndpoint named = _registry.Get(Address(1));
        LiveEndpoint busy = _registry.Get(Address(2));
        _registry.Get(Address(3));
        busy.BeginRequest();

        _registry.Retain(endpoint => endpoint == named);
        Assert.Equal([named, busy], _registry.All.OrderBy(endpoint => endpoint.Address.Authority));
        Assert.Equal((EndpointState.Unknown, EndpointState.Draining), (named.State, busy.State));

        busy.EndRequest();
        Assert.Equal([named], _registry.All);
    }

    [Fact]
    public void AFlapOfTheSource_WipesNothing()
    {
        LiveEndpoint endpoint = _registry.Get(Address(1));
        endpoint.Eject();
        _registry.Retain(_ => false);
        _clock.Advance(EndpointRegistry.Memory);
        _registry.Retain(_ => false);

        Assert.Same(endpoint, _registry.Get(Address(1)));
        Assert.True(endpoint.EjectedUntil > 0);
        _registry.Retain(_ => true);
        Assert.Equal([endpoint], _registry.All);
    }

    [Fact]
    public void WhatNobodyNamesForLong_IsForgotten_UnlessRequestsRun()
    {
        LiveEndpoint idle = _registry.Get(Address(1));
        LiveEndpoint busy = _registry.Get(Address(2));
        busy.BeginRequest();
        _registry.Retain(_ => false);
        _clock.Advance(EndpointRegistry.Memory + TimeSpan.FromSeconds(1));
        _registry.Retain(_ => false);

        Assert.Same(busy, _registry.Get(Address(2)));
        Assert.NotSame(idle, _registry.Get(Address(1)));
    }

    [Fact]
    public void TheMemory_IsLongerThanAnyEjection() =>
        Assert.True(EndpointRegistry.Memory.TotalMilliseconds > EndpointHealth.LongestEjection * (1 + EndpointHealth.Jitter));
}
