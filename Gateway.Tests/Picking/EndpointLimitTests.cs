using Gateway.Picking;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

/// <summary>Endpoints that may have one request at a time, and requests that wait for them.</summary>
public sealed class EndpointLimitTests
{
    private static readonly TimeSpan HalfMinute = TimeSpan.FromSeconds(30);

    private readonly EndpointPicker _picker = new(new LeastRequestsPolicy());
    private readonly ManualClock _clock = new();
    private readonly Admission _admission;
    private readonly LiveEndpoint _a = Live(1);
    private readonly LiveEndpoint _b = Live(2);

    public EndpointLimitTests() =>
        _admission = new Admission(_clock) { Limits = new AdmissionLimits(AdmissionLimits.None, 3, HalfMinute, MaxInFlightPerEndpoint: 1) };

    [Fact]
    public void EndpointsAtTheirLimit_ArePassedOver()
    {
        Route route = Route("m", "x", _a, _b);
        Assert.True(_picker.TryClaim(route.Alone, [], 1, out PickedEndpoint first));
        Assert.True(_picker.TryClaim(route.Alone, [], 1, out PickedEndpoint second));
        Assert.NotSame(first.Endpoint, second.Endpoint);
        Assert.False(_picker.TryClaim(route.Alone, [], 1, out _));
        Assert.Equal((1, 1), (_a.InFlight, _b.InFlight));

        first.Endpoint.EndRequest();
        Assert.True(_picker.TryClaim(route.Alone, [], 1, out PickedEndpoint third));
        Assert.Same(first.Endpoint, third.Endpoint);
    }

    [Fact]
    public void ATierAtItsLimit_IsPassedOverForTheNext()
    {
        Route preferred = Route("m", "x", _a);
        Route other = Route("m", "y", _b);
        _a.BeginRequest();

        Assert.True(_picker.TryClaim([preferred.Alone[0], other.Alone[0]], [], 1, out PickedEndpoint picked));
        Assert.Same(_b, picked.Endpoint);
    }

    [Fact]
    public async Task WithEveryEndpointAtItsLimit_ARequestWaits_AndHoldsTheOneThatIsFreed()
    {
        Route route = Route("m", "x", _a, _b);
        _a.BeginRequest();
        _b.BeginRequest();
        (Task<AdmissionOutcome> first, EndpointClaim firstClaim) = Enter(route);
        (Task<AdmissionOutcome> second, EndpointClaim secondClaim) = Enter(route);
        Assert.Equal((0, 2), (QueueOf(route).InFlight, QueueOf(route).Length));

        _b.EndRequest();
        Assert.Equal(AdmissionOutcome.Admitted, await first);
        Assert.Equal((1, 1), (_a.InFlight, _b.InFlight));
        Assert.False(second.IsCompleted);
        Assert.True(firstClaim.TryTake(1, out PickedEndpoint taken));
        Assert.Same(_b, taken.Endpoint);

        _a.EndRequest();
        Assert.Equal(AdmissionOutcome.Admitted, await second);
        secondClaim.End();
        Assert.Equal((0, 1), (_a.InFlight, _b.InFlight));
        Assert.Equal((2, 0), (QueueOf(route).InFlight, QueueOf(route).Length));
    }

    [Fact]
    public async Task AnEndpointOfSeveralRoutes_GoesToTheOneThatWaitsLongest()
    {
        Route early = Route("m", "x", _a);
        Route late = Route("n", "x", _a, _b);
        _a.BeginRequest();
        _b.BeginRequest();
        (Task<AdmissionOutcome> first, EndpointClaim firstClaim) = Enter(early);
        (Task<AdmissionOutcome> second, EndpointClaim secondClaim) = Enter(late);
        (Task<AdmissionOutcome> third, _) = Enter(early);

        _a.EndRequest();
        Assert.Equal(AdmissionOutcome.Admitted, await first);
        Assert.False(second.IsCompleted);
        firstClaim.End();
        Assert.Equal(AdmissionOutcome.Admitted, await second);
        Assert.False(third.IsCompleted);
        secondClaim.End();
        Assert.Equal(AdmissionOutcome.Admitted, await third);
        Assert.Equal((1, 1), (_a.InFlight, _b.InFlight));
    }

    [Fact]
    public async Task QueueFull_AndTimeOver_AreAsForAnyPlace()
    {
        Route route = Route("m", "x", _a);
        _a.BeginRequest();
        Task<AdmissionOutcome>[] waiting = [Enter(route).Entered, Enter(route).Entered, Enter(route).Entered];
        Assert.Equal(AdmissionOutcome.QueueFull, await Enter(route).Entered);

        _clock.Advance(HalfMinute);
        Assert.All(await Task.WhenAll(waiting), outcome => Assert.Equal(AdmissionOutcome.QueueTimeExpired, outcome));
        _a.EndRequest();
        Assert.Equal((0, 0, 0), (_a.InFlight, QueueOf(route).InFlight, QueueOf(route).Length));
    }

    [Fact]
    public async Task OneThatLeaves_MakesWayForOneThatWantsMore()
    {
        Route narrow = Route("m", "x", _a);
        Route other = Route("m", "y", _b);
        _a.BeginRequest();
        _b.BeginRequest();
        using var client = new CancellationTokenSource();
        Task<AdmissionOutcome> named = QueueOf(narrow).EnterAsync(Claim(narrow, narrow.Alone), client.Token).AsTask();
        Task<AdmissionOutcome> unnamed = QueueOf(narrow).EnterAsync(
            Claim(narrow, [narrow.Alone[0], other.Alone[0]]), TestContext.Current.CancellationToken).AsTask();
        _b.EndRequest();
        Assert.False(unnamed.IsCompleted);

        await client.CancelAsync();
        Assert.Equal(AdmissionOutcome.ClientLeft, await named);
        Assert.Equal(AdmissionOutcome.Admitted, await unnamed);
        Assert.Equal((1, 1), (_a.InFlight, _b.InFlight));
    }

    [Fact]
    public async Task AnEndpointThatComesBack_IsRoom()
    {
        Route route = Route("m", "x", _a, _b);
        _a.BeginRequest();
        _b.ReportUnreachable("Connection refused");
        Task<AdmissionOutcome> first = Enter(route).Entered;
        Assert.False(first.IsCompleted);
        _b.ReportReady();
        Assert.Equal(AdmissionOutcome.Admitted, await first);

        _b.IsCordoned = true;
        _b.EndRequest();
        Task<AdmissionOutcome> second = Enter(route).Entered;
        Assert.False(second.IsCompleted);
        _b.IsCordoned = false;
        Assert.Equal(AdmissionOutcome.Admitted, await second);
        Assert.Equal((1, 1), (_a.InFlight, _b.InFlight));
    }

    [Fact]
    public async Task WhenTheLastEndpointGoes_NobodyWaitsForIt()
    {
        Route route = Route("m", "x", _a);
        _a.BeginRequest();
        (Task<AdmissionOutcome> waits, EndpointClaim claim) = Enter(route);

        _a.ReportUnreachable("Connection refused");

        Assert.Equal(AdmissionOutcome.Admitted, await waits);
        Assert.False(claim.TryTake(1, out _));
        Assert.Equal(1, _a.InFlight);
    }

    [Fact]
    public async Task BothLimits_HoldTogether()
    {
        _admission.Limits = new AdmissionLimits(1, 3, HalfMinute, MaxInFlightPerEndpoint: 1);
        Route route = Route("m", "x", _a, _b);
        Route other = Route("n", "x", _a, _b);
        Assert.Equal(AdmissionOutcome.Admitted, await Enter(route).Entered);
        (Task<AdmissionOutcome> second, _) = Enter(route);
        Assert.False(second.IsCompleted);
        Assert.Equal(AdmissionOutcome.Admitted, await Enter(other).Entered);
        Assert.Equal((1, 1), (_a.InFlight, _b.InFlight));

        QueueOf(route).Leave();
        Assert.False(second.IsCompleted);
        _a.EndRequest();
        Assert.Equal(AdmissionOutcome.Admitted, await second);
        Assert.Equal((1, 0), (QueueOf(route).InFlight, QueueOf(route).Length));
    }

    [Fact]
    public void WithRoom_NothingIsAllocated()
    {
        Route route = Route("m", "x", _a, _b);
        AdmissionQueue queue = QueueOf(route);
        EndpointClaim claim = Claim(route, route.Alone);

        Assert.Equal(0, Allocations.Of(() =>
        {
            ValueTask<AdmissionOutcome> entered = queue.EnterAsync(claim, CancellationToken.None);
            if (entered.IsCompleted && entered.Result == AdmissionOutcome.Admitted && claim.TryTake(1, out PickedEndpoint picked))
            {
                picked.Endpoint.EndRequest();
                queue.Leave();
            }
        }));
        Assert.Equal((0, 0), (queue.InFlight, _a.InFlight + _b.InFlight));
    }

    private AdmissionQueue QueueOf(Route route)
    {
        AdmissionQueue? queue = _admission.QueueOf(route);
        Assert.NotNull(queue);
        return queue;
    }

    private (Task<AdmissionOutcome> Entered, EndpointClaim Claim) Enter(Route route)
    {
        EndpointClaim claim = Claim(route, route.Alone);
        return (QueueOf(route).EnterAsync(claim, TestContext.Current.CancellationToken).AsTask(), claim);
    }

    private EndpointClaim Claim(Route route, RouteTier[] tiers)
    {
        var claim = new EndpointClaim();
        claim.Begin(_picker, route, tiers, []);
        return claim;
    }
}
