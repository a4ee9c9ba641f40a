using Gateway.Simulation;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>A Deployment of engines is rolled under load.</summary>
public sealed class EngineRollTests
{
    private const int Requests = 8;

    /// <param name="drains">Whether an engine that is told to end first ends what it has begun, or drops it.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task EveryPodReplacedInTurn_LosesNoRequestThatHadNotBegunToAnswer(bool drains)
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        var pods = new Queue<SimulatedEngine>([await AddPodAsync(cluster, "pod-0"), await AddPodAsync(cluster, "pod-1")]);
        await using TestGateway gateway = await cluster.StartGatewayAsync();
        using var door = new FrontDoor();
        door.Add(gateway);
        var load = new ClientLoad(door, streams: 0, Requests);

        for (int next = 2; next < 6; next++)
        {
            SimulatedEngine fresh = await AddPodAsync(cluster, $"pod-{next}");
            pods.Enqueue(fresh);
            await Routed.UntilAsync(gateway, fresh, isRouted: true);
            SimulatedEngine leaving = pods.Dequeue();
            await TestTime.UntilAsync(() => leaving.Running > 0, $"{leaving.Settings.Name} works on a request");

            // The kubelet tells the engine at the same time as the API server tells everybody else.
            cluster.PutPod(leaving.Settings.Name, leaving, "vllm", deletedAt: DateTime.UtcNow);
            if (drains)
            {
                await Routed.UntilAsync(gateway, leaving, isRouted: false);
                await TestTime.UntilAsync(() => leaving.Running == 0, $"{leaving.Settings.Name} has ended what it had begun");
            }

            await leaving.KillAsync();
            cluster.Api.Delete("pods", ClusterOfOne.Namespace, leaving.Settings.Name);
            await Routed.UntilAsync(gateway, leaving, isRouted: false);
        }

        load.End();
        await load.Ended.SoonAsync();
        Assert.Empty(load.Failures);
        await gateway.AssertIdleAsync();
    }

    private static Task<SimulatedEngine> AddPodAsync(ClusterOfOne cluster, string name) => cluster.AddPodAsync(new SimulatedEngineSettings
    {
        Name = name,
        Models = ["m"],
        Record = false,

        // Long enough for some requests to be with the engine whenever it goes.
        Pacing = new SimulatedPacing { TimeToFirstToken = TimeSpan.FromMilliseconds(20) },
    });
}
