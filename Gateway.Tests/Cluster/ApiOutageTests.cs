using System.Net;
using System.Text.Json;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;

namespace Gateway.Tests.Cluster;

/// <summary>Whole gateways, on clocks of their own, while the API server is away for long.</summary>
public sealed class ApiOutageTests
{
    [Fact]
    public async Task TenMinutesWithoutTheApiServer_TrafficGoesOn_StalenessShows_AndAGatewayThatRestartsWaits()
    {
        await using ClusterOfOne cluster = await ClusterOfOne.StartAsync();
        SimulatedEngine going = await cluster.AddPodAsync("going", "m", "vllm");
        await cluster.AddPodAsync("staying", "m", "vllm");
        var clock = new ManualClock();
        await using TestGateway gateway = await cluster.StartGatewayAsync(clock);
        Assert.Equal(["m on vllm"], await Routed.ModelsOfAsync(gateway));

        cluster.Api.GoAway();
        await going.KillAsync();
        cluster.Api.Delete("pods", ClusterOfOne.Namespace, "going");
        SimulatedEngine coming = await cluster.AddPodAsync("coming", "n", "sglang");
        var restartedClock = new ManualClock();
        await using TestGateway restarted = await cluster.StartGatewayAsync(restartedClock);

        // A clock that leaps lets probes run out of time; an engine that has answered a request within a minute is trusted all the same.
        var step = TimeSpan.FromSeconds(30);
        for (TimeSpan away = TimeSpan.Zero; away < TimeSpan.FromMinutes(10); away += step)
        {
            using HttpResponseMessage answer = await Routed.ChatAsync(gateway, "m", "vllm");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            clock.Advance(step);
            restartedClock.Advance(step);
        }

        JsonElement pods = await PodsAsync(gateway);
        Assert.True(pods.GetProperty("staleness_seconds").GetDouble() >= 600);
        Assert.Contains("could not", pods.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(["m on vllm"], await Routed.ModelsOfAsync(gateway));
        using HttpResponseMessage posted = await Routed.PostMappingAsync(gateway, "alias", coming);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, posted.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync(gateway));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(restarted));

        cluster.Api.ComeBack();
        await UntilListedAsync(gateway, clock);
        await UntilListedAsync(restarted, restartedClock);
        Assert.Equal(HttpStatusCode.OK, await ReadinessAsync(restarted));
        Assert.InRange((await PodsAsync(gateway)).GetProperty("staleness_seconds").GetDouble(), 0, 60);
        Assert.DoesNotContain(
            (await Routed.StatusOfAsync(gateway)).GetProperty("endpoints").EnumerateArray(),
            endpoint => endpoint.GetProperty("address").GetString()!.EndsWith(going.Address, StringComparison.Ordinal));
    }

    // Neither the pauses of its watches nor the gathering of changes ends but by this.
    private static async Task UntilListedAsync(TestGateway gateway, ManualClock clock)
    {
        string[] expected = ["m on vllm", "n on sglang"];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TestTime.Generous);
        while (!expected.SequenceEqual(await Routed.ModelsOfAsync(gateway)) || await ReadinessAsync(gateway) != HttpStatusCode.OK)
        {
            Assert.False(limit.IsCancellationRequested, "The gateway did not catch up.");
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<JsonElement> PodsAsync(TestGateway gateway) => (await Routed.StatusOfAsync(gateway))
        .GetProperty("discovery").GetProperty("sources").EnumerateArray()
        .Single(source => source.GetProperty("name").GetString() == $"pods in {ClusterOfOne.Namespace}");

    private static async Task<HttpStatusCode> ReadinessAsync(TestGateway gateway)
    {
        using HttpResponseMessage response = await gateway.Client.GetAsync("/ready", TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
