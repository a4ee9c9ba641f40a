using CsCheck;
using Gateway.Picking;
using Gateway.Routing;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

/// <summary>Routes that share limited endpoints, under random comings and goings: no endpoint ever has too many, and nobody waits beside room.</summary>
public sealed class EndpointLimitProperties
{
    private const int Threads = 8;
    private const int Rounds = 2_000;

    private enum Move
    {
        Enter,
        End,
        ClientLeaves,
        TimePasses,
        Cordon,
    }

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly Gen<(Move Move, int Number)> Step = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Move.Enter)),
            (6, Gen.Const(Move.End)),
            (2, Gen.Const(Move.ClientLeaves)),
            (1, Gen.Const(Move.TimePasses)),
            (1, Gen.Const(Move.Cordon))),
        Gen.Int[0, 1_000]);

    private static readonly Gen<(int Places, int Endpoint)> Limit = Gen.Select(Gen.OneOf(Gen.Const(1), Gen.Const(3), Gen.Const(AdmissionLimits.None)), Gen.Int[1, 2]);

    [Fact]
    public async Task NoMove_LeavesSomebodyWaitingBesideRoom() => await Gen.Select(Limit, Step.List[0, 80]).SampleAsync(async (limit, steps) =>
    {
        var clock = new ManualClock();
        var admission = new Admission(clock) { Limits = new AdmissionLimits(limit.Places, 4, Timeout, limit.Endpoint) };
        var site = new Site();
        List<Waiting> requests = [];
        foreach ((Move move, int number) in steps)
        {
            Waiting[] running = [.. requests.Where(request => request.IsRunning)];
            switch (move)
            {
                case Move.Enter:
                    requests.Add(Waiting.Enter(admission, site, number));
                    break;
                case Move.End when running.Length > 0:
                    running[number % running.Length].End();
                    break;
                case Move.ClientLeaves when requests.Count > 0:
                    await requests[number % requests.Count].Client.CancelAsync();
                    break;
                case Move.TimePasses:
                    clock.Advance(TimeSpan.FromMilliseconds(number * 10));
                    break;
                case Move.Cordon:
                    LiveEndpoint endpoint = site.Endpoints[number % site.Endpoints.Length];
                    endpoint.IsCordoned = !endpoint.IsCordoned;
                    break;
            }

            await SettleAsync(admission, requests);
            AssertRight(admission, site, limit, requests);
        }
    }, iter: 300, threads: 1);

    [Theory]
    [InlineData(1, AdmissionLimits.None)]
    [InlineData(2, AdmissionLimits.None)]
    [InlineData(1, 2)]
    public async Task ManyThreads_NeverExceedTheLimit_AndNobodyIsForgotten(int endpointLimit, int places)
    {
        var admission = new Admission(TimeProvider.System) { Limits = new AdmissionLimits(places, 100, TimeSpan.FromMinutes(5), endpointLimit) };
        var site = new Site();
        int most = 0;
        int ended = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() => ComeAndGoAsync(thread)))).WaitAsync(
            TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.InRange(most, 1, endpointLimit);
        Assert.Equal(Threads * Rounds, ended);
        Assert.All(site.Endpoints, endpoint => Assert.Equal(0, endpoint.InFlight));
        Assert.All(admission.Queues, queue => Assert.Equal((0, 0), (queue.Value.InFlight, queue.Value.Length)));

        async Task ComeAndGoAsync(int thread)
        {
            for (int i = 0; i < Rounds; i++)
            {
                Waiting request = Waiting.Enter(admission, site, (thread * 7) + i);
                if (i % 5 == 0)
                    await request.Client.CancelAsync();
                AdmissionOutcome outcome = await request.Entered;
                Interlocked.Increment(ref ended);
                if (outcome != AdmissionOutcome.Admitted)
                    continue;

                foreach (LiveEndpoint endpoint in site.Endpoints)
                    InterlockedMax(ref most, endpoint.InFlight);
                if (i % 3 == 0)
                    await Task.Yield();
                request.End();
            }
        }
    }

    [Fact]
    public async Task RoomMadeInTheVeryMomentThatARequestBeginsToWait_IsSeen()
    {
        const int Meetings = 20_000;
        var admission = new Admission(new ManualClock()) { Limits = new AdmissionLimits(AdmissionLimits.None, 1, Timeout, MaxInFlightPerEndpoint: 1) };
        LiveEndpoint endpoint = Live(1);
        Route route = Route("m", "x", endpoint);
        AdmissionQueue queue = admission.QueueOf(route)!;
        var claim = new EndpointClaim();
        claim.Begin(new EndpointPicker(new LeastRequestsPolicy()), route, route.Alone, []);
        endpoint.BeginRequest();

        // Nobody comes later who would wake one that was forgotten.
        using var meeting = new Barrier(2);
        Task ending = Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Meetings; i++)
                {
                    meeting.SignalAndWait(TestContext.Current.CancellationToken);
                    Thread.SpinWait(i % 64);
                    endpoint.EndRequest();
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (int i = 0; i < Meetings; i++)
        {
            meeting.SignalAndWait(TestContext.Current.CancellationToken);
            Task<AdmissionOutcome> entering = queue.EnterAsync(claim, CancellationToken.None).AsTask();
            Assert.Equal(AdmissionOutcome.Admitted, await entering.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            Assert.True(claim.TryTake(1, out _));
            queue.Leave();
        }

        await ending;
    }

    // Who has been taken out of a queue learns of it on another thread.
    private static async Task SettleAsync(Admission admission, List<Waiting> requests)
    {
        int waiting = admission.Queues.Sum(queue => queue.Value.Length);
        while (requests.Where(request => !request.Entered.IsCompleted).Select(request => request.Entered).ToArray() is var open && open.Length > waiting)
            await Task.WhenAny(open).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static void AssertRight(Admission admission, Site site, (int Places, int Endpoint) limit, List<Waiting> requests)
    {
        Assert.All(site.Endpoints, endpoint => Assert.InRange(endpoint.InFlight, 0, limit.Endpoint));
        Assert.Equal(requests.Count(request => request.IsRunning), admission.Queues.Sum(queue => queue.Value.InFlight));
        foreach (IGrouping<Route, Waiting> queue in requests.GroupBy(request => request.Route))
        {
            // First come, first served; and the first waits for good reason.
            Waiting? first = queue.FirstOrDefault(request => !request.Entered.IsCompleted);
            if (first is null || admission.QueueOf(queue.Key)!.InFlight == limit.Places)
                continue;
            LiveEndpoint[] available = [.. first.Endpoints.Where(endpoint => endpoint.IsAvailable)];
            Assert.NotEmpty(available);
            Assert.All(available, endpoint => Assert.Equal(limit.Endpoint, endpoint.InFlight));
        }

        Assert.All(
            requests.Where(request => !request.Entered.IsCompleted),
            waiting => Assert.DoesNotContain(requests.SkipWhile(request => request != waiting), later => later.Route == waiting.Route && later.IsRunning));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen = Volatile.Read(ref target);
        while (value > seen)
        {
            int before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    /// <summary>Four endpoints, three routes that share them.</summary>
    private sealed class Site
    {
        public Site()
        {
            Endpoints = [Live(1), Live(2), Live(3), Live(4)];
            Routes =
            [
                Route("m", "x", Endpoints[0], Endpoints[1]),
                Route("m", "y", Endpoints[1], Endpoints[2]),
                Route("n", "x", Endpoints[3], Endpoints[0], Endpoints[2]),
            ];
        }

        public LiveEndpoint[] Endpoints { get; }

        public Route[] Routes { get; }

        public EndpointPicker Picker { get; } = new(new LeastRequestsPolicy());
    }

    private sealed class Waiting(Route route, AdmissionQueue queue, EndpointClaim claim, RouteTier[] tiers)
    {
        private bool _hasEnded;

        public Route Route => route;

        public CancellationTokenSource Client { get; } = new();

        public Task<AdmissionOutcome> Entered { get; private set; } = null!;

        public bool IsRunning => !_hasEnded && Entered.IsCompletedSuccessfully && Entered.Result == AdmissionOutcome.Admitted;

        public IEnumerable<LiveEndpoint> Endpoints =>
            tiers.SelectMany(tier => tier.Shares).SelectMany(share => share.Target.Endpoints).Cast<LiveEndpoint>();

        public static Waiting Enter(Admission admission, Site site, int number)
        {
            // Every other request of a model with two engines names none.
            Route route = site.Routes[number % site.Routes.Length];
            RouteTier[] tiers = route.Model == "m" && number % 2 == 0 ? [route.Alone[0], .. site.Routes[..2].Where(other => other != route).Select(other => other.Alone[0])] : route.Alone;
            var claim = new EndpointClaim();
            claim.Begin(site.Picker, route, tiers, []);
            AdmissionQueue queue = admission.QueueOf(route)!;
            var request = new Waiting(route, queue, claim, tiers);
            request.Entered = queue.EnterAsync(claim, request.Client.Token).AsTask();
            return request;
        }

        public void End()
        {
            _hasEnded = true;
            claim.End();
            queue.Leave();
        }
    }
}
