using Gateway.Picking;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>A route that is offered three times what its engines can do, again and again. They answer when the test says so, so that no clock decides who has a place.</summary>
public sealed class OverloadTests : IDisposable
{
    private const int Places = 8;
    private const int QueueLength = 16;
    private const int Offered = 3 * Places;
    private const int Rounds = 5;

    private readonly SemaphoreSlim _release = new(0);

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task EveryPlaceIsTaken_TheQueueIsFull_AndTheRestIsRefusedAtOnce()
    {
        await using ScriptedEngine first = StartEngine();
        await using ScriptedEngine second = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync(
            [$"--Gateway:Limits:MaxInFlight={Places}", $"--Gateway:Limits:MaxQueue={QueueLength}"], first, second);
        using Measured measured = gateway.Measure();
        var refused = new List<RawMessage>();

        // The first ones find everything free: as many as there are places in both.
        List<Task<RawMessage>> admitted = Offer(gateway, Places + QueueLength);
        await TestTime.UntilAsync(() => first.Requests + second.Requests == Places, "every place to be taken");
        await TestTime.UntilAsync(() => Waiting(gateway) == QueueLength, "the queue to be full");
        for (int round = 1; round <= Rounds; round++)
        {
            _release.Release(Places);
            await TestTime.UntilAsync(() => first.Requests + second.Requests == (round + 1) * Places, "those who waited longest to have the places");
            List<Task<RawMessage>> offered = Offer(gateway, Offered);
            await TestTime.UntilAsync(() => gateway.InFlight == Places, "endpoints to be working on no more");
            await TestTime.UntilAsync(() => offered.Count(answer => answer.IsCompleted) == Offered - Places, "those for whom there is no room to be told so");

            Assert.Equal(QueueLength, Waiting(gateway));
            Assert.Equal((round + 1) * Places, first.Requests + second.Requests);
            refused.AddRange(await Task.WhenAll(offered.Where(answer => answer.IsCompleted)));
            admitted.AddRange(offered.Where(answer => !answer.IsCompleted));
        }

        _release.Release(Places + QueueLength);
        RawMessage[] answered = await Task.WhenAll(admitted).SoonAsync();

        Assert.All(answered, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(answered.Length, first.Requests + second.Requests);
        Assert.Equal((Places + QueueLength + (Rounds * Places), Rounds * (Offered - Places)), (answered.Length, refused.Count));
        Assert.All(refused, AssertIsRefusal);
        await gateway.SettlesAsync();
        Assert.Equal(0, Waiting(gateway));
        Assert.Equal(Enumerable.Repeat("1 {reason=rejected-saturated}", refused.Count), measured.Of("gateway.requests.dropped"));
    }

    private static void AssertIsRefusal(RawMessage answer)
    {
        Assert.Equal((429, "saturated"), (answer.Status, answer.ErrorCode));
        Assert.Equal("rejected-saturated", answer.Header("x-llm-d-request-dropped-reason"));
        Assert.InRange(int.Parse(answer.Header("Retry-After")!), 1, 60);
    }

    private ScriptedEngine StartEngine() => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        await _release.WaitAsync(TestContext.Current.CancellationToken);
        await connection.SendAsync(Wire.Answer("200 OK", "{}"));
    });

    private static List<Task<RawMessage>> Offer(TestGateway gateway, int requests) => [.. Enumerable.Range(0, requests).Select(_ => AskAsync(gateway))];

    private static async Task<RawMessage> AskAsync(TestGateway gateway)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync("/v1/chat/completions", ChatBody.Unary);
        return await RawMessage.ReadAsync(client);
    }

    private static int Waiting(TestGateway gateway) => gateway.Services.GetRequiredService<Admission>().Queues.Sum(queue => queue.Value.Length);
}
