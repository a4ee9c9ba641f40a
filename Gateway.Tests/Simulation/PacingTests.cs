using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class PacingTests
{
    private static readonly SimulatedPacing Pacing = new()
    {
        TimeToFirstToken = TimeSpan.FromSeconds(100),
        PrefillPerToken = TimeSpan.FromSeconds(1),
        TimePerToken = TimeSpan.FromSeconds(7),
    };

    // With its quotes 302 bytes: 76 tokens, of which the first block of 64 can be cached.
    private static readonly string Prompt = new('p', 300);

    private readonly ImpatientTime _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tokens_ComeAtTheEnginesPaceAndCachedOnesNeedNoPrefill()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], Pacing = Pacing, Time = _time }, Cancelled);
        using var client = new EngineClient(engine);

        await client.StreamAsync("/v1/chat/completions", Body("true"));
        Assert.Equal(Seconds(100 + 76, 7, 7), _time.TakeWaits());

        await client.StreamAsync("/v1/chat/completions", Body("true"));
        Assert.Equal(Seconds(100 + 12, 7, 7), _time.TakeWaits());

        await client.PostJsonAsync("/v1/chat/completions", Body("false"));
        Assert.Equal(Seconds(100 + 12 + 7 + 7), _time.TakeWaits());
    }

    [Fact]
    public async Task Headers_OutrankTheEnginesPace()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], Pacing = Pacing, Time = _time }, Cancelled);
        using var client = new EngineClient(engine);

        await client.StreamAsync(
            "/v1/chat/completions",
            Body("true"),
            (SimulatedFaultHeaders.HeaderDelay, "1000"),
            (SimulatedFaultHeaders.TimeToFirstToken, "2000"),
            (SimulatedFaultHeaders.TimePerToken, "3000"));

        Assert.Equal(Seconds(1, 2, 3, 3), _time.TakeWaits());
    }

    [Fact]
    public void Pace_SlowsWithTheLoad()
    {
        SimulatedPacing loaded = Pacing with { GrowthPerRunning = 0.5 };

        Assert.Equal(TimeSpan.FromSeconds(110), loaded.Prefill(uncachedTokens: 10, running: 1));
        Assert.Equal(TimeSpan.FromSeconds(220), loaded.Prefill(uncachedTokens: 10, running: 3));
        Assert.Equal(TimeSpan.FromSeconds(14), loaded.Token(running: 3));
        Assert.Equal(TimeSpan.Zero, SimulatedPacing.None.Token(running: 3));
    }

    private static string Body(string stream) => $$"""{"model":"m","max_tokens":3,"stream":{{stream}},"prompt":"{{Prompt}}"}""";

    private static IEnumerable<TimeSpan> Seconds(params double[] seconds) => seconds.Select(TimeSpan.FromSeconds);
}
