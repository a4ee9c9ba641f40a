using Gateway.Picking;
using static Gateway.Tests.Routing.TestRoutes;

namespace Gateway.Tests.Picking;

public sealed class AdmissionQueueTests
{
    private static readonly TimeSpan HalfMinute = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock = new();
    private readonly Admission _admission;

    public AdmissionQueueTests() => _admission = new Admission(_clock);

    [Fact]
    public void WithoutLimits_ThereIsNoQueue() => Assert.Null(_admission.QueueOf(Route("m", "a")));

    [Fact]
    public void TheSamePair_IsTheSameQueueInEveryTable()
    {
        Limit(1, 0);
        AdmissionQueue queue = Queue();

        Assert.Same(queue, _admission.QueueOf(Route("m", "A")));
        Assert.NotSame(queue, _admission.QueueOf(Route("m", "b")));
        Assert.NotSame(queue, _admission.QueueOf(Route("n", "a")));
        Assert.Same(_admission.QueueOf(Route("m", "trtllm")), _admission.QueueOf(Route("m", "tensorrt_llm")));
    }

    [Fact]
    public void OverTheLimitAndTheQueue_IsRefusedAtOnce()
    {
        Limit(2, 0);
        AdmissionQueue queue = Queue();
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Assert.Equal(AdmissionOutcome.QueueFull, Now(Enter(queue)));
        Assert.Equal((2, 0), (queue.InFlight, queue.Length));

        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
    }

    [Fact]
    public async Task APlaceGivenBack_GoesToTheFirstThatWaits()
    {
        Limit(1, 3);
        AdmissionQueue queue = Queue();
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Task<AdmissionOutcome>[] waiting = [Enter(queue), Enter(queue), Enter(queue)];
        Assert.Equal(AdmissionOutcome.QueueFull, Now(Enter(queue)));
        for (int i = 0; i < waiting.Length; i++)
        {
            Assert.Equal((1, 3 - i), (queue.InFlight, queue.Length));
            Assert.All(waiting[i..], one => Assert.False(one.IsCompleted));
            queue.Leave();
            Assert.Equal(AdmissionOutcome.Admitted, await waiting[i]);
        }

        queue.Leave();
        Assert.Equal((0, 0), (queue.InFlight, queue.Length));
    }

    [Fact]
    public async Task WaitingTooLong_IsOver_AndTheOthersMoveUp()
    {
        Limit(1, 2);
        AdmissionQueue queue = Queue();
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Task<AdmissionOutcome> first = Enter(queue);
        _clock.Advance(HalfMinute / 2);
        Task<AdmissionOutcome> second = Enter(queue);
        _clock.Advance(HalfMinute / 2);
        Assert.Equal(AdmissionOutcome.QueueTimeExpired, await first);
        Assert.Equal((1, 1), (queue.InFlight, queue.Length));

        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await second);
        _clock.Advance(HalfMinute);
        Assert.Equal((1, 0), (queue.InFlight, queue.Length));
    }

    [Fact]
    public async Task AClientThatLeaves_IsOutOfTheQueueAtOnce()
    {
        Limit(1, 2);
        AdmissionQueue queue = Queue();
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        using var client = new CancellationTokenSource();
        Task<AdmissionOutcome> leaves = queue.EnterAsync(new EndpointClaim(), client.Token).AsTask();
        Task<AdmissionOutcome> stays = Enter(queue);
        await client.CancelAsync();
        Assert.Equal(1, queue.Length);
        Assert.Equal(AdmissionOutcome.ClientLeft, await leaves);

        Assert.Equal(AdmissionOutcome.ClientLeft, await queue.EnterAsync(new EndpointClaim(), client.Token));
        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await stays);
        Assert.Equal((1, 0), (queue.InFlight, queue.Length));
    }

    [Fact]
    public async Task HigherLimits_AreToldToThoseThatWait()
    {
        Limit(1, 5);
        AdmissionQueue queue = Queue();
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Task<AdmissionOutcome>[] waiting = [Enter(queue), Enter(queue), Enter(queue)];
        Limit(3, 5);
        Assert.Equal(AdmissionOutcome.Admitted, await waiting[0]);
        Assert.Equal(AdmissionOutcome.Admitted, await waiting[1]);
        Assert.Equal((3, 1), (queue.InFlight, queue.Length));

        _admission.Limits = null;
        Assert.Equal(AdmissionOutcome.Admitted, await waiting[2]);
        Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Assert.Equal((5, 0), (queue.InFlight, queue.Length));
    }

    [Fact]
    public async Task LowerLimits_HoldOnceEnoughHaveLeft()
    {
        Limit(3, 5);
        AdmissionQueue queue = Queue();
        for (int i = 0; i < 3; i++)
            Assert.Equal(AdmissionOutcome.Admitted, Now(Enter(queue)));
        Limit(1, 5);
        Task<AdmissionOutcome> waits = Enter(queue);
        queue.Leave();
        queue.Leave();
        Assert.Equal((1, 1), (queue.InFlight, queue.Length));
        Assert.False(waits.IsCompleted);

        queue.Leave();
        Assert.Equal(AdmissionOutcome.Admitted, await waits);
        Assert.Equal((1, 0), (queue.InFlight, queue.Length));
    }

    [Fact]
    public void UnderTheLimit_NothingIsAllocated()
    {
        Limit(1, 0);
        AdmissionQueue queue = Queue();
        var claim = new EndpointClaim();

        Assert.Equal(0, Allocations.Of(() =>
        {
            ValueTask<AdmissionOutcome> entered = queue.EnterAsync(claim, CancellationToken.None);
            if (entered.IsCompleted && entered.Result == AdmissionOutcome.Admitted)
                queue.Leave();
        }));
    }

    private void Limit(int inFlight, int queue) => _admission.Limits = new AdmissionLimits(inFlight, queue, HalfMinute);

    private AdmissionQueue Queue()
    {
        AdmissionQueue? queue = _admission.QueueOf(Route("m", "a"));
        Assert.NotNull(queue);
        return queue;
    }

    private static Task<AdmissionOutcome> Enter(AdmissionQueue queue) => queue.EnterAsync(new EndpointClaim(), TestContext.Current.CancellationToken).AsTask();

    private static AdmissionOutcome Now(Task<AdmissionOutcome> entered)
    {
        Assert.True(entered.IsCompleted);
        return entered.Result;
    }
}
