using Gateway.Picking;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

/// <summary>Endpoints that take connections and fail requests.</summary>
public sealed class EjectionTests
{
    private static readonly TimeSpan LongestFirstEjection = TimeSpan.FromMilliseconds(EndpointHealth.FirstEjection * (1 + EndpointHealth.Jitter));

    private readonly ManualClock _clock = new();
    private readonly EndpointPicker _picker = new(new RoundRobinPolicy());

    [Fact]
    public void ThreeFailuresInARow_Eject_AndTheProbeIsToldOnce()
    {
        LiveEndpoint endpoint = Ready(1);
        int told = 0;
        endpoint.WentDown += () => told++;

        endpoint.Fail();
        Assert.Equal((EndpointState.Suspect, 0), (endpoint.State, told));
        endpoint.Fail();
        Assert.Equal((EndpointState.Suspect, 0), (endpoint.State, told));
        endpoint.Fail(3);
        Assert.Equal((EndpointState.Ejected, 1), (endpoint.State, told));
        Assert.Equal("reset", endpoint.LastError);
    }

    [Fact]
    public void AGoodAnswer_EndsTheRow()
    {
        LiveEndpoint endpoint = Ready(1);
        for (int i = 0; i < 10; i++)
        {
            endpoint.Fail(2);
            endpoint.ReportServed();
            Assert.Equal((EndpointState.Ready, null), (endpoint.State, endpoint.LastError));
        }
    }

    [Fact]
    public void TheHeadOfAnAnswer_DoesNotEndTheRow()
    {
        LiveEndpoint endpoint = Ready(1);
        for (int i = 0; i < 3; i++)
        {
            endpoint.ReportAnswer();
            endpoint.Fail();
        }

        Assert.Equal(EndpointState.Ejected, endpoint.State);
    }

    [Fact]
    public void ErrorsThatAreNotHeldAgainstIt_NeverEject()
    {
        LiveEndpoint endpoint = Ready(1);
        for (int i = 0; i < 100; i++)
        {
            endpoint.ReportAnswer();
            endpoint.ReportError("429");
        }

        Assert.Equal(EndpointState.Ready, endpoint.State);
    }

    [Fact]
    public void OneRequest_CountsAgainstOneEndpointOnce()
    {
        LiveEndpoint first = Ready(1);
        LiveEndpoint second = Ready(2);
        var blame = new RequestBlame();
        for (int i = 0; i < 10; i++)
        {
            first.ReportFailure("reset", blame);
            second.ReportFailure("reset", blame);
        }

        Assert.Equal((EndpointState.Suspect, EndpointState.Ready), (first.State, second.State));
        Assert.Equal("reset", second.LastError);

        blame.Reset();
        second.ReportFailure("reset", blame);
        Assert.Equal(EndpointState.Suspect, second.State);
    }

    [Fact]
    public void AProbe_EndsTheEjectionOnlyAfterItsTime_AndThenItIsOnTrial()
    {
        LiveEndpoint endpoint = Ready(1);
        endpoint.Eject();
        endpoint.ReportReady();
        Assert.Equal((EndpointState.Ejected, "reset"), (endpoint.State, endpoint.LastError));
        Assert.InRange(endpoint.TimeUntilTrial!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(6));

        _clock.Advance(LongestFirstEjection);
        Assert.Equal((EndpointState.Ejected, TimeSpan.Zero), (endpoint.State, endpoint.TimeUntilTrial));
        endpoint.ReportReady();
        Assert.Equal((EndpointState.Suspect, null), (endpoint.State, endpoint.TimeUntilTrial));

        endpoint.Fail();
        Assert.Equal(EndpointState.Ejected, endpoint.State);
        Assert.InRange(endpoint.TimeUntilTrial!.Value, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(12));
    }

    [Fact]
    public void OneThatWentAwayAndCameBack_IsOnTrialAtOnce()
    {
        LiveEndpoint endpoint = Ready(1);
        endpoint.Eject();
        endpoint.ReportUnreachable("refused");
        Assert.False(endpoint.IsAvailable);
        endpoint.ReportReady();
        Assert.Equal(EndpointState.Suspect, endpoint.State);
        endpoint.ReportServed();
        Assert.Equal(EndpointState.Ready, endpoint.State);
    }

    [Fact]
    public void OneOfTwoThatFails_GetsNothing()
    {
        LiveEndpoint fails = Ready(1);
        LiveEndpoint serves = Ready(2);
        fails.Eject();

        Assert.Equal([serves], Picked(Route("m", "a", fails, serves).Alone));
        Assert.False(_picker.TryPick(Route("m", "a", fails, serves).Alone, [serves], out _));
    }

    [Fact]
    public void WhenAllFail_TheLeastBadServe()
    {
        LiveEndpoint[] endpoints = [Ready(1), Ready(2), Ready(3), Ready(4)];
        foreach (LiveEndpoint endpoint in endpoints)
        {
            endpoint.Eject();
            _clock.Advance(TimeSpan.FromSeconds(3));
        }

        Assert.Equal([endpoints[0], endpoints[1]], Picked(Route("m", "a", endpoints).Alone).OrderBy(endpoint => endpoint.Address.Authority));
    }

    [Fact]
    public void TheOnlyEndpoint_IsNeverOutForFailing()
    {
        LiveEndpoint only = Ready(1);
        only.Eject();
        Assert.Equal([only], Picked(Route("m", "a", only).Alone));
    }

    [Fact]
    public void ThoseThatAreGone_AreNotAmongThoseOfWhichHalfMustServe()
    {
        LiveEndpoint[] endpoints = [Ready(1), Ready(2), Ready(3)];
        endpoints[0].ReportUnreachable("refused");
        endpoints[1].Eject();
        Assert.Equal([endpoints[2]], Picked(Route("m", "a", endpoints).Alone));

        endpoints[2].ReportUnreachable("refused");
        Assert.Equal([endpoints[1]], Picked(Route("m", "a", endpoints).Alone));

        endpoints[1].ReportUnreachable("refused");
        Assert.False(_picker.TryPick(Route("m", "a", endpoints).Alone, [], out _));
    }

    [Fact]
    public void AnEngineWhoseEndpointsAllFail_IsPassedOverForOneThatDoesBetter()
    {
        LiveEndpoint preferred = Ready(1);
        LiveEndpoint next = Ready(2);
        RouteTier[] tiers = [Route("m", "a", preferred).Alone[0], Route("m", "b", next).Alone[0]];
        preferred.Eject();
        Assert.Equal([next], Picked(tiers));

        next.Eject();
        Assert.Equal([preferred], Picked(tiers));

        preferred.ReportUnreachable("refused");
        Assert.Equal([next], Picked(tiers));
    }

    [Fact]
    public void ACanaryThatFails_LeavesItsShareToTheOthers()
    {
        LiveEndpoint[] old = [Ready(1), Ready(2)];
        LiveEndpoint canary = Ready(3);
        RouteTier[] tiers = [new RouteTier([Weighted("m", "a", 1, old), Weighted("m", "b", 99, canary)])];
        canary.Eject();
        Assert.Equal(old, Picked(tiers).OrderBy(endpoint => endpoint.Address.Authority));
    }

    [Fact]
    public void ACordonedEndpoint_GetsNothingThoughAllOthersFail()
    {
        LiveEndpoint cordoned = Ready(1);
        LiveEndpoint fails = Ready(2);
        cordoned.IsCordoned = true;
        fails.Eject();
        Assert.Equal((EndpointState.Draining, false), (cordoned.State, cordoned.IsAvailable));
        Assert.Equal([fails], Picked(Route("m", "a", cordoned, fails).Alone));

        cordoned.IsCordoned = false;
        Assert.Equal(EndpointState.Ready, cordoned.State);
        Assert.Equal([cordoned], Picked(Route("m", "a", cordoned, fails).Alone));
    }

    [Fact]
    public void PickingAndReporting_AllocateNothing()
    {
        LiveEndpoint[] endpoints = [Ready(1), Ready(2), Ready(3), Ready(4)];
        foreach (LiveEndpoint endpoint in endpoints[..3])
            endpoint.Eject();
        RouteTier[] tiers = Route("m", "a", endpoints).Alone;
        var blame = new RequestBlame();
        List<LiveEndpoint> tried = [];

        Assert.Equal(0, Allocations.Of(() =>
        {
            blame.Reset();
            _picker.TryPick(tiers, tried, out PickedEndpoint picked);
            picked.Endpoint.ReportFailure("reset", blame);
            picked.Endpoint.ReportServed();
        }));
    }

    [Fact]
    public async Task ReportsOfManyThreads_AreAllCounted()
    {
        LiveEndpoint endpoint = Ready(1);
        int told = 0;
        endpoint.WentDown += () => Interlocked.Increment(ref told);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10_000; i++)
                endpoint.Fail();
        })));

        Assert.Equal((EndpointState.Ejected, 1), (endpoint.State, told));
    }

    private LiveEndpoint Ready(int port)
    {
        var endpoint = new LiveEndpoint(Address(port), _clock);
        endpoint.ReportReady();
        return endpoint;
    }

    private HashSet<LiveEndpoint> Picked(RouteTier[] tiers)
    {
        var picked = new HashSet<LiveEndpoint>();
        for (int i = 0; i < 100; i++)
        {
            Assert.True(_picker.TryPick(tiers, [], out PickedEndpoint one));
            picked.Add(one.Endpoint);
        }

        return picked;
    }
}
