using Gateway.Benchmarks.Chaos.Storm;

namespace Gateway.Tests.EndToEnd;

/// <summary>Many clients while engines die and come back, as the benchmark <c>chaos</c> has it for longer: no answer is ever wrong.</summary>
public sealed class StormTests
{
    private const int Endpoints = 8;
    private const int Clients = 16;
    private const int Strikes = 30;
    private const int AnswersBetweenStrikes = 12;
    private const int Seed = 7;

    [Fact]
    public async Task EveryAnswerIsWholeOrCutAsIsAllowed_AndNothingIsLeftOver()
    {
        await using StormFleet fleet = await StormFleet.StartAsync(Endpoints, new Random(Seed), TestContext.Current.CancellationToken);
        await using TestGateway gateway = await TestGateway.StartAsync(
            ["--Gateway:ExposeEndpoint=true"], [.. fleet.Engines.Select(life => life.Engine)]);
        using var clients = new StormClients(gateway.Url, fleet, Seed);
        using var stop = new CancellationTokenSource();

        Task asking = clients.RunAsync(Clients, stop.Token);
        for (int i = 1; i <= Strikes; i++)
        {
            await TestTime.UntilAsync(() => clients.Tally.Ended >= i * AnswersBetweenStrikes, "answers");
            await fleet.StrikeAsync(TestContext.Current.CancellationToken);
        }

        await fleet.ReviveAllAsync(TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await asking.SoonAsync();

        Assert.Empty(clients.Tally.Wrong);
        Assert.InRange(clients.Tally[StormOutcome.Complete], 1, clients.Tally.Ended);
        await gateway.SettlesAsync();
        await TestTime.UntilAsync(() => fleet.Engines.All(life => life.Engine.Running == 0), "no engine to be working");
    }
}
