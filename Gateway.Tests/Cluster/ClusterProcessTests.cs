using System.Net;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>The program as a process of its own, in a cluster: only there does what waits for a socket go on on the thread that polls it.</summary>
[Collection(GatewayProcess.Turns)]
public sealed class ClusterProcessTests
{
    [Fact]
    public async Task ListsThatComeInPieces_KeepNobodyWaiting()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        await cluster.AddPodAsync("decode-0", "m", "vllm");
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Api.Faults.ListBodiesHeldUntil = held.Task;

        await using GatewayProcess gateway = await GatewayProcess.StartAsync(cluster.Arguments);
        await cluster.Api.UntilAsync(server => server.Requests.Select(request => request.Kind).Distinct().Count() >= 5);
        for (int i = 0; i < Environment.ProcessorCount * 2; i++)
        {
            // Each on a connection of its own, so that every thread that polls sockets has one.
            using var client = new HttpClient { BaseAddress = gateway.Url, Timeout = TestTime.Generous };
            using HttpResponseMessage alive = await client.GetAsync(new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        held.SetResult();
        await gateway.ReadyAsync();
        await gateway.UntilAsync("/v1/models/m", HttpStatusCode.OK);
    }
}
