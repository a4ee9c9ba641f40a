using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Routing;

public sealed class RouteTierTests
{
    [Fact]
    public void EqualWeights_LeaveTheChoiceToLoad()
    {
        var tier = new RouteTier([Weighted("m", "a", 3), Weighted("m", "b", 3)]);

        Assert.False(tier.FollowsWeights);
        Assert.Equal(2, tier.Shares.Length);
    }

    [Fact]
    public void DifferentWeights_AreFollowed()
    {
        var tier = new RouteTier([Weighted("m", "a", 3), Weighted("m", "b", 1)]);

        Assert.True(tier.FollowsWeights);
        Assert.Equal([3.0, 1.0], tier.Shares.Select(share => share.Weight));
    }

    [Fact]
    public void ACanary_SharesOutItsRoutesWeight()
    {
        RouteTarget[] targets = [new([], "m", 9), new([], "m2", 1), new([], "off", 0)];
        var canary = new Route("m", "a", RouteSource.Admin, targets) { Weight = 20 };
        var tier = new RouteTier([canary, Weighted("m", "b", 20)]);

        Assert.True(tier.FollowsWeights);
        Assert.Equal([("m", 18.0), ("m2", 2.0), ("m", 20.0)], tier.Shares.Select(share => (share.Target.Model, share.Weight)));
    }

    [Fact]
    public void AnEvenCanary_IsStillDrawnByWeight()
    {
        var canary = new Route("m", "a", RouteSource.Admin, [new RouteTarget([], "m"), new RouteTarget([], "m2")]);

        Assert.True(new RouteTier([canary]).FollowsWeights);
    }
}
