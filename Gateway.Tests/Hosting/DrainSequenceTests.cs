using Gateway.Hosting;

namespace Gateway.Tests.Hosting;

public sealed class DrainSequenceTests : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(540);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly DrainState _state = new();
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _endAtOnce = new();
    private readonly LogLines<DrainSequence> _log = new();

    private static CancellationToken TestEnds => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _state.Dispose();
        _endAtOnce.Dispose();
    }

    [Fact]
    public void BeforeASignal_NothingIsRefused()
    {
        Assert.False(_state.IsDraining);
        Assert.False(_state.RefusesNew);
        Assert.False(_state.TimeIsUp.IsCancellationRequested);
    }

    [Fact]
    public async Task AnIdleProcess_EndsAsSoonAsTheDelayIsOver()
    {
        Task drain = Drain();
        Assert.Equal(Delay, await _clock.NextTimerAsync(TestEnds));
        Assert.True(_state.IsDraining);

        _clock.Advance(Delay - Tick);
        Assert.False(_state.RefusesNew);
        Assert.False(drain.IsCompleted);

        _clock.Advance(Tick);
        await Bounded(drain);
        Assert.True(_state.RefusesNew);
        Assert.False(_state.TimeIsUp.IsCancellationRequested);
    }

    [Fact]
    public async Task NewRequests_AreStillServedDuringTheDelay()
    {
        Task drain = Drain();
        await _clock.NextTimerAsync(TestEnds);

        _state.EnterRequest();
        Assert.False(_state.RefusesNew);
        _clock.Advance(Delay);

        Assert.Equal(TimeLimit, await _clock.NextTimerAsync(TestEnds));
        Assert.False(drain.IsCompleted);
        _state.LeaveRequest();
        await Bounded(drain);
    }

    [Fact]
    public async Task RunningRequests_MayEndOneByOne()
    {
        _state.EnterRequest();
        _state.EnterRequest();
        Task drain = Drain();
        await _clock.NextTimerAsync(TestEnds);
        _clock.Advance(Delay);
        await _clock.NextTimerAsync(TestEnds);

        _state.LeaveRequest();
        Assert.False(drain.IsCompleted);
        _state.LeaveRequest();
        await Bounded(drain);

        Assert.False(_state.TimeIsUp.IsCancellationRequested);
        Assert.Equal(0, _state.RunningRequests);
    }

    [Fact]
    public async Task WhenTimeIsUp_RequestsAreToldAndMayLeave()
    {
        _state.EnterRequest();
        Task drain = Drain();
        await _clock.NextTimerAsync(TestEnds);
        _clock.Advance(Delay);
        await _clock.NextTimerAsync(TestEnds);

        _clock.Advance(TimeLimit - Tick);
        Assert.False(_state.TimeIsUp.IsCancellationRequested);
        _clock.Advance(Tick);
        Assert.Equal(DrainSequence.LastWords, await _clock.NextTimerAsync(TestEnds));
        Assert.True(_state.TimeIsUp.IsCancellationRequested);
        Assert.Contains("Drain:Timeout is over: ending 1 requests that still run", _log.Lines);

        Assert.False(drain.IsCompleted);
        _state.LeaveRequest();
        await Bounded(drain);
    }

    [Fact]
    public async Task ARequestThatNeverLeaves_HoldsTheProcessForItsLastWordsOnly()
    {
        _state.EnterRequest();
        Task drain = Drain();
        foreach (TimeSpan step in (TimeSpan[])[Delay, TimeLimit, DrainSequence.LastWords])
        {
            Assert.Equal(step, await _clock.NextTimerAsync(TestEnds));
            Assert.False(drain.IsCompleted);
            _clock.Advance(step);
        }

        await Bounded(drain);
        Assert.Equal(1, _state.RunningRequests);
    }

    [Fact]
    public async Task APersonAtATerminal_DoesNotWaitForTheDelay()
    {
        _state.EnterRequest();
        Task drain = Drain(skipDelay: true);

        Assert.Equal(TimeLimit, await _clock.NextTimerAsync(TestEnds));
        Assert.True(_state.RefusesNew);
        _state.LeaveRequest();
        await Bounded(drain);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TheSecondSignal_EndsEveryStep(int stepsBefore)
    {
        _state.EnterRequest();
        Task drain = Drain();
        TimeSpan step = await _clock.NextTimerAsync(TestEnds);
        for (int i = 0; i < stepsBefore; i++)
        {
            _clock.Advance(step);
            step = await _clock.NextTimerAsync(TestEnds);
        }

        await _endAtOnce.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(drain));
    }

    private static Task Bounded(Task task) => task.WaitAsync(TimeSpan.FromSeconds(30), TestEnds);

    private Task Drain(bool skipDelay = false)
    {
        var sequence = new DrainSequence(_state, new DrainOptions { Delay = Delay, Timeout = TimeLimit }, _clock, _log);
        return sequence.RunAsync(skipDelay, _endAtOnce.Token);
    }
}
