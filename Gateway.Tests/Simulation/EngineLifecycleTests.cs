using System.Net.Sockets;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class EngineLifecycleTests
{
    private const string Stream = """{"model":"m","prompt":"p","stream":true}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_ResetsStreamsAndRefusesConnections_AndRevivesOnTheSamePort()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using WireClient streaming = await WireClient.ConnectAsync(engine);
        await streaming.PostAsync("/v1/completions", Stream, "x-sim-stall: mid-stream");
        await streaming.ReadUntilAsync("w0");
        Uri url = engine.Url;

        await engine.KillAsync();

        Assert.Equal(SocketError.ConnectionReset, await streaming.ReadToEndAsync());
        Assert.Equal(RequestOutcome.Faulted, await engine.Requests.All[0].Ended.WaitAsync(EngineClient.Patience, Cancelled));
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => WireClient.ConnectAsync(engine));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
        Assert.Equal(0, engine.Running);

        await engine.ReviveAsync(Cancelled);

        Assert.Equal(url, engine.Url);
        using var client = new EngineClient(engine);
        Assert.Equal("m", (await client.PostJsonAsync("/v1/completions", """{"prompt":"p"}""")).GetProperty("model").GetString());
    }

    [Fact]
    public async Task KillAndRevive_MayBeRepeated()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        for (int i = 0; i < 5; i++)
        {
            // An engine that has closed a connection itself leaves its port in TIME_WAIT: that must not keep it from coming back.
            using WireClient closed = await WireClient.ConnectAsync(engine);
            await closed.PostAsync("/v1/completions", """{"prompt":"p"}""", "x-sim-close: keep-alive");
            Assert.Null(await closed.ReadToEndAsync());

            await engine.KillAsync();
            await engine.KillAsync();
            await engine.ReviveAsync(Cancelled);
            await engine.ReviveAsync(Cancelled);
        }

        Assert.Equal(5, engine.Completed);
    }

    [Fact]
    public async Task Dispose_MayBeRepeated()
    {
        SimulatedEngine engine = await SimulatedEngine.StartAsync(new(), Cancelled);

        await engine.DisposeAsync();

        Assert.Null(await Record.ExceptionAsync(async () => await engine.DisposeAsync()));
    }

    [Fact]
    public async Task FixedPort_IsTakenOrRefused()
    {
        await using SimulatedEngine first = await SimulatedEngine.StartAsync(new(), Cancelled);

        SocketException taken = await Assert.ThrowsAsync<SocketException>(
            () => SimulatedEngine.StartAsync(new() { Port = first.Url.Port }, Cancelled));

        Assert.Equal(SocketError.AddressAlreadyInUse, taken.SocketErrorCode);
    }

    [Fact]
    public async Task AHundredEngines_RunSideBySide()
    {
        SimulatedEngine[] engines = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => SimulatedEngine.StartAsync(new() { Models = [$"m{i}"], Name = $"e{i}" }, Cancelled)));
        try
        {
            Assert.Equal(100, engines.Select(engine => engine.Url).Distinct().Count());
            await Task.WhenAll(engines.Select(async (engine, i) =>
            {
                using var client = new EngineClient(engine);
                var answer = await client.PostJsonAsync("/v1/completions", $$"""{"model":"m{{i}}","prompt":"p"}""");
                Assert.Equal($"cmpl-e{i}-0", answer.GetProperty("id").GetString());
            }));
        }
        finally
        {
            await Task.WhenAll(engines.Select(engine => engine.DisposeAsync().AsTask()));
        }
    }
}
