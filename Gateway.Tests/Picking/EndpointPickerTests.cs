using Gateway.Picking;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

public sealed class EndpointPickerTests
{
    // The standard deviation of a share of 20,000 draws is at most 0.0036: a bound of 0.04 is more than ten of them away.
    private const int Draws = 20_000;
    private const double Tolerance = 0.04;

    private readonly EndpointPicker _picker = new(new RandomPolicy());

    [Fact]
    public void ThePreferredTier_ServesWhileItCan()
    {
        Route first = Route("m", "a", Live(1));
        Route second = Route("m", "b", Live(2));

        Assert.Equal(new() { ["a"] = 1.0 }, Shares([first.Alone[0], second.Alone[0]]));
    }

    [Fact]
    public void TheNextTier_ServesWhenThePreferredOneIsDown()
    {
        Route first = Route("m", "a", Down(1), Down(2));
        Route second = Route("m", "b", Live(3));

        Assert.Equal(new() { ["b"] = 1.0 }, Shares([first.Alone[0], second.Alone[0]]));
    }

    [Fact]
    public void NothingAvailable_PicksNothing()
    {
        Assert.False(_picker.TryPick(Route("m", "a", Down(1)).Alone, [], out _));
        Assert.False(_picker.TryPick(Route("m", "a").Alone, [], out _));
        Assert.False(_picker.TryPick([], [], out _));
    }

    [Fact]
    public void Weights_AreKept()
    {
        var shares = Shares([new RouteTier([Weighted("m", "a", 70, Live(1)), Weighted("m", "b", 30, Live(2), Live(3), Live(4))])]);

        Assert.Equal(0.7, shares["a"], Tolerance);
        Assert.Equal(0.3, shares["b"], Tolerance);
    }

    [Fact]
    public void EqualWeights_SpreadOverEndpoints()
    {
        var shares = Shares([new RouteTier([Route("m", "a", Live(1)), Route("m", "b", Live(2), Live(3), Live(4))])]);

        Assert.Equal(0.25, shares["a"], Tolerance);
        Assert.Equal(0.75, shares["b"], Tolerance);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(38)]
    public void AmongMany_EachThatMayBePicked_IsPickedAlikeOften(int down)
    {
        LiveEndpoint[] endpoints = [.. Enumerable.Range(1, 40).Select(number => number <= down ? Down(number) : Live(number))];
        LiveEndpoint full = endpoints[^1];
        full.BeginRequest();
        List<LiveEndpoint> tried = down < 38 ? [endpoints[^2]] : [];
        var picks = new Dictionary<LiveEndpoint, int>();
        for (int i = 0; i < Draws; i++)
        {
            Assert.True(_picker.TryPick(Route("m", "a", endpoints).Alone, tried, limit: 1, out PickedEndpoint picked));
            picks[picked.Endpoint] = picks.GetValueOrDefault(picked.Endpoint) + 1;
        }

        LiveEndpoint[] fit = [.. endpoints[down..].Except([full, .. tried])];
        Assert.Equivalent(fit.Select(endpoint => endpoint.Address), picks.Keys.Select(endpoint => endpoint.Address), strict: true);
        Assert.All(picks.Values, count => Assert.Equal(1.0 / fit.Length, (double)count / Draws, Tolerance));
    }

    [Fact]
    public void Weight0_IsNeverPicked()
    {
        var canary = new Route("m", "a", RouteSource.Admin, [new RouteTarget([Live(1)], "on"), new RouteTarget([Live(2)], "off", 0)]);

        for (int i = 0; i < Draws; i++)
        {
            Assert.True(_picker.TryPick(canary.Alone, [], out PickedEndpoint picked));
            Assert.Equal("on", picked.Target.Model);
        }
    }

    [Fact]
    public void AShareThatIsDown_LeavesItsTrafficToTheOthersByWeight()
    {
        var shares = Shares([new RouteTier([Weighted("m", "a", 80, Down(1)), Weighted("m", "b", 15, Live(2)), Weighted("m", "c", 5, Live(3))])]);

        Assert.False(shares.ContainsKey("a"));
        Assert.Equal(0.75, shares["b"], Tolerance);
        Assert.Equal(0.25, shares["c"], Tolerance);
    }

    [Fact]
    public void ACanaryByTargetModel_NamesTheShareThatWasDrawn()
    {
        LiveEndpoint shared = Live(1);
        var canary = new Route("m", "a", RouteSource.Admin, [new RouteTarget([shared], "old", 3), new RouteTarget([shared], "new")]);
        int drawn = 0;
        for (int i = 0; i < Draws; i++)
        {
            Assert.True(_picker.TryPick(canary.Alone, [], out PickedEndpoint picked));
            drawn += picked.Target.Model == "new" ? 1 : 0;
        }

        Assert.Equal(0.25, drawn / (double)Draws, Tolerance);
    }

    [Fact]
    public void TriedEndpoints_AreNotPickedAgain()
    {
        LiveEndpoint[] endpoints = [Live(1), Live(2), Live(3)];
        Route route = Route("m", "a", endpoints);
        List<LiveEndpoint> tried = [];
        while (_picker.TryPick(route.Alone, tried, out PickedEndpoint picked))
        {
            Assert.DoesNotContain(picked.Endpoint, tried);
            tried.Add(picked.Endpoint);
        }

        Assert.Equal(endpoints.ToHashSet(), tried.ToHashSet());
    }

    [Fact]
    public void LeastRequests_PrefersTheIdleOneOfTwo()
    {
        var picker = new EndpointPicker(new LeastRequestsPolicy());
        LiveEndpoint busy = Live(1);
        LiveEndpoint idle = Live(2);
        busy.BeginRequest();
        Route route = Route("m", "a", busy, idle);

        for (int i = 0; i < 1000; i++)
        {
            Assert.True(picker.TryPick(route.Alone, [], out PickedEndpoint picked));
            Assert.Same(idle, picked.Endpoint);
        }
    }

    [Fact]
    public void LeastRequests_NeverPicksTheBusiestOfMany()
    {
        LiveEndpoint[] endpoints = [Live(1), Live(2), Live(3), Live(4)];
        endpoints[2].BeginRequest();
        var policy = new LeastRequestsPolicy();
        var picked = Enumerable.Range(0, 1000).Select(_ => policy.Choose(endpoints)).ToHashSet();

        Assert.Equal([endpoints[0], endpoints[1], endpoints[3]], picked.OrderBy(endpoint => endpoint.Address.Authority));
    }

    [Fact]
    public void RoundRobin_TakesTurns()
    {
        LiveEndpoint[] endpoints = [Live(1), Live(2), Live(3)];
        var policy = new RoundRobinPolicy();

        Assert.Equal([.. endpoints, .. endpoints], Enumerable.Range(0, 6).Select(_ => policy.Choose(endpoints)));
    }

    private Dictionary<string, double> Shares(RouteTier[] tiers)
    {
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < Draws; i++)
        {
            Assert.True(_picker.TryPick(tiers, [], out PickedEndpoint picked));
            Assert.True(picked.Endpoint.IsAvailable);
            counts[picked.Route.OwnedBy] = counts.GetValueOrDefault(picked.Route.OwnedBy) + 1;
        }

        return counts.ToDictionary(count => count.Key, count => count.Value / (double)Draws);
    }
}
