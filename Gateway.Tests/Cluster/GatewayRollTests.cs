using System.Net.ServerSentEvents;
using System.Text.Json;
using Gateway.Hosting;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Cluster;

/// <summary>
/// The gateway's own pods are replaced one by one, while hundreds of streams are open. Engines and gateways have clocks of their own: tokens come,
/// and the delay before the end passes, only when the test says so.
/// </summary>
public sealed class GatewayRollTests
{
    private const int Streams = 500;
    private const int Requests = 4;

    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(10);

    // Shorter than Timeouts:Idle, which would strike first.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryReplicaReplacedInTurn_FailsNoRequest_AndCutsNoStream()
    {
        var tokens = new ManualClock();
        await using ClusterOfOne cluster = await StartClusterAsync(tokens);
        using var door = new FrontDoor();
        var replicas = new Queue<Replica>([await StartReplicaAsync(cluster, door), await StartReplicaAsync(cluster, door)]);
        var load = new ClientLoad(door, Streams, Requests);
        await TestTime.UntilAsync(() => load.OpenStreams == Streams, "all streams are open");

        for (int i = 0; i < 2; i++)
        {
            // The next one is ready before one goes, as maxUnavailable 0 wants it.
            replicas.Enqueue(await StartReplicaAsync(cluster, door));
            Replica leaving = replicas.Dequeue();
            Task drain = leaving.DrainAsync();
            await door.UntilEarlierOnesAreAnsweredAsync();
            leaving.Clock.Advance(Delay);
            await tokens.AdvanceUntilAsync(() => drain.IsCompleted, "the streams of the replica that leaves end");
            await drain;
            door.Remove(leaving.Gateway);
            await leaving.Gateway.AssertIdleAsync();
            await leaving.Gateway.DisposeAsync();

            int answers = load.Answers;
            await TestTime.UntilAsync(() => load.OpenStreams == Streams && load.Answers > answers, "all streams are open again");
        }

        load.End();
        await tokens.AdvanceUntilAsync(() => load.Ended.IsCompleted, "all streams end");
        await load.Ended;
        foreach (Replica replica in replicas)
            await replica.Gateway.DisposeAsync();

        Assert.Empty(load.Failures);
    }

    [Fact]
    public async Task GraceThatIsTooShort_GivesEveryStreamThatIsCutAnEventThatSaysSo()
    {
        await using ClusterOfOne cluster = await StartClusterAsync(new ManualClock());
        using var door = new FrontDoor();
        Replica only = await StartReplicaAsync(cluster, door);
        await using TestGateway gateway = only.Gateway;
        HttpResponseMessage[] streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(
            _ => door.SendAsync(new { model = "m", owned_by = "vllm", stream = true, messages = Array.Empty<object>() })));

        Task drain = only.DrainAsync();
        only.Clock.Advance(Delay);
        await only.Clock.UntilWaitedForAsync(left => left == Timeout, Cancelled);
        Task<string>[] lasts = [.. streams.Select(LastEventOfCutAsync)];
        only.Clock.Advance(Timeout);
        await drain;

        Assert.All(await Task.WhenAll(lasts), last =>
            Assert.Equal("shutting_down", JsonElement.Parse(last).GetProperty("error").GetProperty("code").GetString()));
    }

    private static async Task<ClusterOfOne> StartClusterAsync(ManualClock tokens)
    {
        ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        foreach (string name in (string[])["a", "b"])
        {
            await cluster.AddPodAsync(new SimulatedEngineSettings
            {
                Name = name,
                Models = ["m"],
                OutputTokens = 3,
                MaxRunning = 2 * Streams,
                Record = false,
                Time = tokens,
                Pacing = new SimulatedPacing { TimePerToken = TimeSpan.FromHours(1) },
            });
        }

        return cluster;
    }

    private static async Task<Replica> StartReplicaAsync(ClusterOfOne cluster, FrontDoor door)
    {
        var clock = new ManualClock();
        TestGateway gateway = await cluster.StartGatewayAsync(clock, $"--Gateway:Drain:Delay={Delay}", $"--Gateway:Drain:Timeout={Timeout}");
        door.Add(gateway);
        return new Replica(gateway, clock);
    }

    private static async Task<string> LastEventOfCutAsync(HttpResponseMessage answer)
    {
        using HttpResponseMessage owned = answer;
        await using Stream body = await answer.Content.ReadAsStreamAsync(Cancelled);
        string last = "";
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync(Cancelled))
                last = item.Data;
        });
        return last;
    }

    private sealed record Replica(TestGateway Gateway, ManualClock Clock)
    {
        /// <summary>What SIGTERM does, but for the end of the process.</summary>
        public Task DrainAsync() => Gateway.Services.GetRequiredService<DrainSequence>().RunAsync(skipDelay: false, Cancelled);
    }
}
