using System.Collections.Concurrent;
using System.Text.Json;
using Gateway.Picking;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Endpoints that may have one request at a time.</summary>
public sealed class EndpointLimitTests : IDisposable
{
    private const string OneEach = "--Gateway:Limits:MaxInFlightPerEndpoint=1";

    private readonly ConcurrentQueue<string> _arrived = new();
    private readonly SemaphoreSlim _release = new(0);

    public void Dispose() => _release.Dispose();

    [Fact]
    public async Task TwoRun_TwoWaitAndAreServedInTheirOrder_TheFifthIsRefusedAtOnce()
    {
        await using ScriptedEngine a = StartEngine();
        await using ScriptedEngine b = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync([OneEach, "--Gateway:Limits:MaxQueue=2"], a, b);
        Task<RawMessage>[] running = [AskAsync(gateway, "1"), AskAsync(gateway, "2")];
        await ArriveAsync(2);
        Assert.Equal((1, 1), (a.Requests, b.Requests));
        Task<RawMessage> third = AskAsync(gateway, "3");
        await WaitsAsync(gateway, 1);
        Task<RawMessage> fourth = AskAsync(gateway, "4");
        await WaitsAsync(gateway, 2);

        RawMessage refused = await AskAsync(gateway, "5");
        Assert.Equal((429, "saturated"), (refused.Status, refused.ErrorCode));
        Assert.Equal("rejected-saturated", refused.Header("x-llm-d-request-dropped-reason"));
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Equal(2, a.Requests + b.Requests);

        _release.Release();
        await ArriveAsync(3);
        Assert.Equal("3", _arrived.Last());
        _release.Release();
        await ArriveAsync(4);
        Assert.Equal("4", _arrived.Last());
        Assert.Equal(2, gateway.InFlight);
        _release.Release(2);
        foreach (Task<RawMessage> request in (Task<RawMessage>[])[.. running, third, fourth])
            Assert.Equal(200, (await request).Status);
        await gateway.SettlesAsync();
        await WaitsAsync(gateway, 0);
    }

    [Fact]
    public async Task ManyRequests_AreAllServed_NeverTwoAtOneEndpoint()
    {
        int most = 0;
        ScriptedEngine Start()
        {
            int running = 0;
            return ScriptedEngine.Start(async (connection, head) =>
            {
                await RawMessage.ReadBodyAsync(connection, head);
                int now = Interlocked.Increment(ref running);
                lock (_arrived)
                    most = Math.Max(most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                await connection.SendAsync(CapturingEngine.Ok);
            });
        }

        await using ScriptedEngine a = Start();
        await using ScriptedEngine b = Start();
        await using TestGateway gateway = await TestGateway.StartAsync([OneEach, "--Gateway:Limits:MaxQueue=1000"], a, b);

        RawMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => AskAsync(gateway, $"{number}")));

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, most);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task OneThatWaitsTooLong_IsRefused_AndOneThatLeavesIsOutAtOnce()
    {
        await using ScriptedEngine engine = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync(
            [OneEach, "--Gateway:Limits:MaxQueue=1", "--Gateway:Limits:QueueTimeout=00:00:00.200"], engine);
        Task<RawMessage> running = AskAsync(gateway, "1");
        await ArriveAsync(1);

        RawMessage refused = await AskAsync(gateway, "2");
        Assert.Equal((429, "saturated"), (refused.Status, refused.ErrorCode));
        Assert.Equal("rejected-ttl-expired", refused.Header("x-llm-d-request-dropped-reason"));

        using (RawConnection leaving = await RawConnection.OpenAsync(gateway.Url))
        {
            await leaving.PostAsync("/v1/chat/completions", """{"model":"m"}""");
            await WaitsAsync(gateway, 1);
            leaving.Leave(Farewell.Reset);
        }

        await WaitsAsync(gateway, 0);
        _release.Release();
        Assert.Equal(200, (await running).Status);
        Assert.Equal(1, engine.Requests);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnEndpointOfTwoModels_WakesWhoeverWaitsForIt()
    {
        await using ScriptedEngine engine = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync(
            [
                OneEach, "--Gateway:Limits:MaxQueue=1", "--Gateway:Mappings:0:Model=other", "--Gateway:Mappings:0:OwnedBy=x",
                $"--Gateway:Mappings:0:Endpoints:0={engine.Url}", "--Gateway:Mappings:0:TargetModel=m",
            ],
            engine);
        Task<RawMessage> running = AskAsync(gateway, "1");
        await ArriveAsync(1);
        Task<RawMessage> waiting = AskAsync(gateway, "2", "other");
        await WaitsAsync(gateway, 1);

        _release.Release();
        await ArriveAsync(2);
        _release.Release();

        Assert.Equal(200, (await running).Status);
        Assert.Equal("x", (await waiting).Header("x-owned-by"));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ARetry_PassesOverAnEndpointAtItsLimit()
    {
        await using ScriptedEngine busy = StartEngine();
        await using ScriptedEngine failing = ScriptedEngine.Start(async (connection, head) =>
        {
            await RawMessage.ReadBodyAsync(connection, head);
            await connection.SendAsync(Wire.Answer("503 Service Unavailable", "{}"));
        });
        await using TestGateway gateway = await TestGateway.StartAsync(
            [OneEach, "--Gateway:Mappings:0:Model=held", "--Gateway:Mappings:0:OwnedBy=x", $"--Gateway:Mappings:0:Endpoints:0={busy.Url}"], busy, failing);
        Task<RawMessage> running = AskAsync(gateway, "1", "held");
        await ArriveAsync(1);

        Assert.Equal(503, (await AskAsync(gateway, "2")).Status);
        Assert.Equal((1, 1), (busy.Requests, failing.Requests));

        _release.Release();
        Assert.Equal(200, (await running).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnExplanation_TellsWhoIsAtTheLimit()
    {
        await using ScriptedEngine engine = StartEngine();
        await using TestGateway gateway = await TestGateway.StartAsync([OneEach, "--Gateway:Limits:MaxQueue=1"], engine);
        Task<RawMessage> running = AskAsync(gateway, "1");
        await ArriveAsync(1);

        JsonElement told = await new PlainRequest(ChatBody.Unary).ExplainAsync(gateway);

        JsonElement candidate = Assert.Single(told.GetProperty("candidates").EnumerateArray());
        Assert.Equal((false, "at its limit"), (candidate.GetProperty("in").GetBoolean(), candidate.GetProperty("reason").GetString()));
        Assert.Equal(
            """{"in_flight":1,"max_in_flight":null,"max_in_flight_per_endpoint":1,"waiting":0,"max_queue":1,"outcome":"waits"}""",
            told.GetProperty("admission").GetRawText());
        Assert.Equal(JsonValueKind.Null, told.GetProperty("choice").ValueKind);
        Assert.Equal(JsonValueKind.Null, told.GetProperty("refusal").ValueKind);
        _release.Release();
        Assert.Equal(200, (await running).Status);
        await gateway.SettlesAsync();
    }

    private ScriptedEngine StartEngine() => ScriptedEngine.Start(async (connection, head) =>
    {
        RawMessage request = await RawMessage.ReadBodyAsync(connection, head);
        _arrived.Enqueue(request.Header("x-number")!);
        await _release.WaitAsync(TestContext.Current.CancellationToken);
        await connection.SendAsync(CapturingEngine.Ok);
    });

    private static Task<RawMessage> AskAsync(TestGateway gateway, string number, string model = "m") =>
        new PlainRequest($$"""{"model":"{{model}}"}""", $"x-number: {number}\r\n").SendAsync(gateway);

    private Task ArriveAsync(int requests) => TestTime.UntilAsync(() => _arrived.Count == requests, $"{requests} have arrived");

    private static Task WaitsAsync(TestGateway gateway, int requests) => TestTime.UntilAsync(
        () => gateway.Services.GetRequiredService<Admission>().Queues.Sum(queue => queue.Value.Length) == requests, $"{requests} wait");
}
