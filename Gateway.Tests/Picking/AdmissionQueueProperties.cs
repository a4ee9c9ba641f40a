using CsCheck;
using Gateway.Picking;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

/// <summary>Random comings and goings, one after the other against a plain model, and all at once.</summary>
public sealed class AdmissionQueueProperties
{
    private const int Threads = 8;

    private enum Move
    {
        Enter,
        Leave,
        ClientLeaves,
        TimePasses,
        LimitChanges,
    }

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly Gen<(Move Move, int Number)> Step = Gen.Select(
        Gen.Frequency(
            (8, Gen.Const(Move.Enter)),
            (5, Gen.Const(Move.Leave)),
            (2, Gen.Const(Move.ClientLeaves)),
            (1, Gen.Const(Move.TimePasses)),
            (1, Gen.Const(Move.LimitChanges))),
        Gen.Int[0, 1_000]);

    [Fact]
    public async Task EachMove_DoesWhatAPlainQueueWouldDo() => await Step.List[0, 80].SampleAsync(async steps =>
    {
        var clock = new ManualClock();
        var model = new PlainQueue { Limits = new AdmissionLimits(2, 3, Timeout) };
        var admission = new Admission(clock) { Limits = model.Limits };
        AdmissionQueue queue = admission.QueueOf(Route("m", "a"))!;
        Dictionary<int, (Task<AdmissionOutcome> Entered, CancellationTokenSource Client)> requests = [];
        foreach ((Move move, int number) in steps)
        {
            switch (move)
            {
                case Move.Enter:
                    int id = requests.Count;
                    var client = new CancellationTokenSource();
                    model.Enter(id, clock.GetUtcNow());
                    requests.Add(id, (queue.EnterAsync(new EndpointClaim(), client.Token).AsTask(), client));
                    break;
                case Move.Leave when model.Running > 0:
                    model.Leave();
                    queue.Leave();
                    break;
                case Move.ClientLeaves when requests.Count > 0:
                    model.ClientLeaves(number % requests.Count);
                    await requests[number % requests.Count].Client.CancelAsync();
                    break;
                case Move.TimePasses:
                    clock.Advance(TimeSpan.FromMilliseconds(number * 10));
                    model.Expire(clock.GetUtcNow());
                    break;
                case Move.LimitChanges:
                    model.Limits = new AdmissionLimits(1 + (number % 4), number % 5, Timeout);
                    admission.Limits = model.Limits;
                    model.Admit();
                    break;
            }

            Assert.Equal((model.Running, model.Waiting.Count), (queue.InFlight, queue.Length));
            foreach ((int ended, AdmissionOutcome outcome) in model.Outcomes)
                Assert.Equal(outcome, await requests[ended].Entered.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            Assert.All(model.Waiting, waiting => Assert.False(requests[waiting.Id].Entered.IsCompleted));
        }
    }, iter: 300, threads: 1);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 3)]
    [InlineData(3, 100)]
    public async Task ManyThreads_AreNeverMoreThanMayRun_AndNobodyIsForgotten(int maxInFlight, int maxQueue)
    {
        var admission = new Admission(TimeProvider.System) { Limits = new AdmissionLimits(maxInFlight, maxQueue, TimeSpan.FromMinutes(5)) };
        AdmissionQueue queue = admission.QueueOf(Route("m", "a"))!;
        int running = 0;
        int most = 0;
        int ended = 0;
        int longest = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(ComeAndGoAsync))).WaitAsync(
            TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);

        Assert.InRange(most, 1, maxInFlight);
        Assert.InRange(longest, 0, maxQueue);
        Assert.Equal(Threads * 2_000, ended);
        Assert.Equal((0, 0), (queue.InFlight, queue.Length));

        async Task ComeAndGoAsync()
        {
            for (int i = 0; i < 2_000; i++)
            {
                using var client = new CancellationTokenSource();
                ValueTask<AdmissionOutcome> entering = queue.EnterAsync(new EndpointClaim(), client.Token);
                InterlockedMax(ref longest, queue.Length);
                if (i % 5 == 0)
                    await client.CancelAsync();
                AdmissionOutcome outcome = await entering;
                Interlocked.Increment(ref ended);
                if (outcome != AdmissionOutcome.Admitted)
                    continue;

                InterlockedMax(ref most, Interlocked.Increment(ref running));
                if (i % 3 == 0)
                    await Task.Yield();
                Interlocked.Decrement(ref running);
                queue.Leave();
            }
        }
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
}
