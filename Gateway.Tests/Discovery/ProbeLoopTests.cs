using Gateway.Discovery;
using Gateway.Picking;
using Gateway.Tests.Picking;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Discovery;

/// <summary>Real sockets, but a clock that only the test moves: a loop that waits has finished its probe.</summary>
public sealed class ProbeLoopTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly EngineProbe _probe;
    private readonly List<ProbeLoop> _loops = [];
    private int _changes;

    public ProbeLoopTests() => _probe = new EngineProbe(_clock);

    public void Dispose()
    {
        _loops.ForEach(loop => loop.Dispose());
        _probe.Dispose();
    }

    [Fact]
    public async Task AnEngineThatAnswers_IsReadyAndAskedAgainAfterHalfAMinute()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        TimeSpan wait = await UntilSteadyAsync();

        Assert.InRange(wait.TotalSeconds, 24, 36);
        Assert.Equal(EndpointState.Ready, loop.Endpoint.State);
        Assert.Equal(["m"], loop.Latest!.Cards.Select(card => card.Id));
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task AnEngineThatDoesNotAnswer_IsAskedEverySecondTenTimesThenEveryFive()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.Status(503));
        ProbeLoop loop = Start(engine);
        for (int tries = 1; tries <= 10; tries++)
        {
            await WaitForAsync(ProbeSchedule.Quick);
            Assert.Equal(tries, engine.Probes);
            _clock.Advance(ProbeSchedule.Quick);
        }

        await WaitForAsync(ProbeSchedule.Patient);
        Assert.Equal(EndpointState.Ejected, loop.Endpoint.State);
        Assert.Equal("answered 503 to GET /v1/models, expected 200", loop.Endpoint.LastError);

        _clock.Advance(ProbeSchedule.Patient);
        await WaitForAsync(ProbeSchedule.Patient);
        engine.Answer = FakeEngine.Listing("m");
        _clock.Advance(ProbeSchedule.Patient);
        await UntilSteadyAsync();
        Assert.Equal(EndpointState.Ready, loop.Endpoint.State);
        Assert.Null(loop.Endpoint.LastError);
    }

    [Fact]
    public async Task AFailedProbe_TakesTheEngineOutButKeepsItsModels()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        TimeSpan wait = await UntilSteadyAsync();
        engine.Answer = FakeEngine.Status(500);
        _clock.Advance(wait);
        await WaitForAsync(ProbeSchedule.Quick);

        Assert.Equal(EndpointState.Ejected, loop.Endpoint.State);
        Assert.Equal(["m"], loop.Latest!.Cards.Select(card => card.Id));
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task AFailedProbe_IsNotBelievedWhileRequestsAreAnswered()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        TimeSpan wait = await UntilSteadyAsync();
        engine.Answer = FakeEngine.Status(500);
        loop.Endpoint.ReportAnswer();
        _clock.Advance(wait);
        await WaitForAsync(ProbeSchedule.Quick);

        Assert.Equal(EndpointState.Ready, loop.Endpoint.State);
        Assert.NotNull(loop.Endpoint.LastError);
        Assert.NotNull(loop.Latest!.Error);
    }

    [Fact]
    public async Task AnEmptyList_TakesTheEngineOutButKeepsItsModels()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        TimeSpan wait = await UntilSteadyAsync();
        engine.Answer = FakeEngine.Listing();
        _clock.Advance(wait);
        await WaitForAsync(ProbeSchedule.Quick);

        Assert.Equal(EndpointState.Ejected, loop.Endpoint.State);
        Assert.Equal(["m"], loop.Latest!.Cards.Select(card => card.Id));
    }

    [Fact]
    public async Task OtherModels_AreTold_TheSameOnesAreNot()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        _clock.Advance(await UntilSteadyAsync());
        TimeSpan wait = await UntilSteadyAsync();
        Assert.Equal(2, engine.Probes);
        Assert.Equal(1, _changes);

        engine.Answer = FakeEngine.Listing("m", "lora");
        _clock.Advance(wait);
        await UntilSteadyAsync();
        Assert.Equal(["m", "lora"], loop.Latest!.Cards.Select(card => card.Id));
        Assert.Equal(2, _changes);
    }

    [Fact]
    public async Task AnEndpointThatWentDown_IsAskedWithinASecond()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        await UntilSteadyAsync();
        loop.Endpoint.ReportUnreachable("Connection refused");
        Assert.False(loop.Endpoint.IsAvailable);
        await PassAsync(ProbeSchedule.Quick);
        await UntilSteadyAsync();

        Assert.Equal(2, engine.Probes);
        Assert.Equal(EndpointState.Ready, loop.Endpoint.State);
    }

    [Fact]
    public async Task AnEndpointThatWentDown_IsAskedEverySecondAgain()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        await UntilSteadyAsync();
        engine.Answer = FakeEngine.Status(503);
        loop.Endpoint.ReportUnreachable("Connection refused");
        for (int tries = 1; tries <= 11; tries++)
            await PassAsync(ProbeSchedule.Quick);
        await WaitForAsync(ProbeSchedule.Patient);

        Assert.Equal(EndpointState.Ejected, loop.Endpoint.State);
    }

    [Fact]
    public async Task AnEjectedEndpoint_IsAskedWhenItsTimeIsOver_AndNotBroughtBackBefore()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        await UntilSteadyAsync();

        // Its second ejection, which is longer than a probe may take; each of them wakes the loop.
        loop.Endpoint.Eject();
        await WaitForAsync(ProbeSchedule.Quick);
        loop.Endpoint.ReportUnreachable("Connection refused");
        loop.Endpoint.ReportReady();
        loop.Endpoint.Fail();
        await PassAsync(ProbeSchedule.Quick);
        await PassAsync(ProbeSchedule.Quick);
        TimeSpan untilTrial = await _clock.UntilWaitedForAsync(
            due => due > EngineProbe.Timeout && due < TimeSpan.FromSeconds(12), TestContext.Current.CancellationToken);
        Assert.Equal((3, EndpointState.Ejected), (engine.Probes, loop.Endpoint.State));

        _clock.Advance(untilTrial);
        await UntilSteadyAsync();
        Assert.Equal((4, EndpointState.Suspect), (engine.Probes, loop.Endpoint.State));
    }

    [Fact]
    public async Task AnEndpointThatItsSourceHoldsBack_IsShownAsDraining()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        await UntilSteadyAsync();
        var target = new ProbeTarget(engine.Address, EngineKey.None, AnyAnswerIsAlive: false);
        loop.Retarget(target with { IsPaused = true });
        Assert.Equal(EndpointState.Draining, loop.Endpoint.State);

        loop.Retarget(target);
        Assert.Equal(EndpointState.Ready, loop.Endpoint.State);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    public async Task WhereModelsAreKnownOtherwise_AnyAnswerIsAlive(int status)
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.Status(status));
        ProbeLoop loop = Start(engine, anyAnswerIsAlive: true);
        await UntilSteadyAsync();

        Assert.Equal(EndpointState.Ready, loop.Endpoint.State);
        Assert.Null(loop.Latest!.Error);
    }

    [Fact]
    public async Task WhereModelsAreKnownOtherwise_NoAnswerIsDown()
    {
        FakeEngine engine = await FakeEngine.StartOnQuietPortAsync();
        await engine.DisposeAsync();
        ProbeLoop loop = Start(engine, anyAnswerIsAlive: true);
        await WaitForAsync(ProbeSchedule.Quick);

        Assert.Equal(EndpointState.Ejected, loop.Endpoint.State);
    }

    [Fact]
    public async Task AKeyFile_IsReadAgainEachTime_AndMayBeMissingForAMoment()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, "old\n", TestContext.Current.CancellationToken);
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.WantingKey("old", FakeEngine.Listing("m")));
        ProbeLoop loop = Start(engine, new EngineKey(null, file));
        Assert.Equal("Bearer old", loop.Endpoint.Authorization);
        TimeSpan wait = await UntilSteadyAsync();

        File.Delete(file);
        _clock.Advance(wait);
        wait = await UntilSteadyAsync();
        Assert.Equal((2, "Bearer old"), (engine.Probes, engine.LastAuthorization));

        await File.WriteAllTextAsync(file, "new\n", TestContext.Current.CancellationToken);
        engine.Answer = FakeEngine.WantingKey("new", FakeEngine.Listing("m"));
        _clock.Advance(wait);
        await UntilSteadyAsync();
        File.Delete(file);
        Assert.Equal("Bearer new", loop.Endpoint.Authorization);
        Assert.Null(loop.Latest!.Error);
    }

    [Fact]
    public async Task AKeyFileThatIsNotThere_IsToldInWords()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine, new EngineKey(null, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName())));
        await WaitForAsync(ProbeSchedule.Quick);

        Assert.Contains("key can't be read", loop.Latest!.Error, StringComparison.Ordinal);
        Assert.Equal(0, engine.Probes);
    }

    [Fact]
    public async Task ADisposedLoop_AsksNoMore()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync("m");
        ProbeLoop loop = Start(engine);
        await UntilSteadyAsync();
        loop.Dispose();
        loop.Endpoint.ReportUnreachable("Connection refused");
        _clock.Advance(TimeSpan.FromMinutes(5));
        await loop.ProbeNowAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, engine.Probes);
    }

    private ProbeLoop Start(FakeEngine engine, EngineKey? key = null, bool anyAnswerIsAlive = false)
    {
        var loop = new ProbeLoop(
            new LiveEndpoint(engine.Address, _clock),
            new ProbeTarget(engine.Address, key ?? EngineKey.None, anyAnswerIsAlive),
            _probe,
            _clock,
            NullLogger.Instance,
            () => Interlocked.Increment(ref _changes));
        _loops.Add(loop);
        loop.Start();
        return loop;
    }

    private Task<TimeSpan> UntilSteadyAsync() =>
        _clock.UntilWaitedForAsync(due => due > TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    private Task<TimeSpan> WaitForAsync(TimeSpan wait) => _clock.UntilWaitedForAsync(due => due == wait, TestContext.Current.CancellationToken);

    private async Task PassAsync(TimeSpan wait)
    {
        await WaitForAsync(wait);
        _clock.Advance(wait);
    }
}
