using System.Text.Json;
using Gateway.Picking;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>A gateway in front of A, which has a fault, and of what stands beside it. Its clock moves only when a test moves it.</summary>
internal sealed class Stage : IAsyncDisposable
{
    /// <summary>Of timers that are to strike: so short that the clock passes it long before the next probe is due.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(1);

    private readonly ManualClock _clock;
    private readonly Topology _topology;
    private readonly TestGateway _gateway;
    private readonly Measured _measured;

    private Stage(Topology topology, FaultyEngine a, FaultyEngine? b, ManualClock clock, TestGateway gateway)
    {
        _topology = topology;
        _clock = clock;
        _gateway = gateway;
        _measured = gateway.Measure();
        A = a;
        B = b;
    }

    public FaultyEngine A { get; }

    /// <summary>Null where there is only one endpoint.</summary>
    public FaultyEngine? B { get; }

    /// <summary>Attempts so far: all of them, and those of which A and B know.</summary>
    public (int All, int A, int B) Asked => ((int)_measured.Total("gateway.upstream.attempts"), A.Requests, B?.Requests ?? 0);

    /// <param name="fault">Of A, and of B where it fails alike.</param>
    /// <param name="topology">What B is.</param>
    /// <param name="timers">Keys under <c>Gateway:Timeouts:</c> that are to be <see cref="Limit"/>.</param>
    public static async Task<Stage> SetAsync(Fault fault, Topology topology, params string[] timers)
    {
        var clock = new ManualClock();
        var a = new FaultyEngine("A", "vllm");
        FaultyEngine? b = topology switch
        {
            Topology.OneEndpoint => null,
            Topology.SecondIsWell or Topology.SecondFailsAlike => new FaultyEngine("B", "vllm"),
            _ => new FaultyEngine("B", "sglang"),
        };

        // A is the first of its engine, and its engine is the preferred one.
        string[] arguments = ["--Gateway:Routing:Picker=round-robin", "--Gateway:Routing:DefaultOwnedBy:0=vllm", "--Gateway:Timeouts:Connect=00:00:01"];
        TestGateway gateway = await TestGateway.StartAsync(
            clock,
            [
                .. arguments,
                .. timers.Select(timer => $"--Gateway:Timeouts:{timer}={Limit}"),
                .. EnginesOf(a, b).Select(engine => $"--engine={engine.Url}"),
            ]);
        bool bothFail = topology is Topology.SecondFailsAlike or Topology.OtherEngineFailsAlike;
        await Task.WhenAll(a.BeginAsync(fault), bothFail ? b!.BeginAsync(fault) : Task.CompletedTask);
        return new Stage(topology, a, b, clock, gateway);
    }

    public async Task<RawConnection> PostAsync(AnswerKind kind)
    {
        string body = kind == AnswerKind.Stream ? ChatBody.Stream : ChatBody.Unary;
        if (_topology == Topology.EngineIsNamed)
            body = $$"""{"owned_by":"{{A.OwnedBy}}",{{body[1..]}}""";
        RawConnection client = await RawConnection.OpenAsync(_gateway.Url);
        await client.PostAsync("/v1/chat/completions", body);
        return client;
    }

    /// <summary>Has so many requests served by A at the same time, which leaves as many connections.</summary>
    public async Task KeepAliveAsync(int connections)
    {
        A.AnswersFrom = connections;
        RawConnection[] clients = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => PostAsync(AnswerKind.Unary)));
        foreach (RawConnection client in clients)
        {
            ClientView.AssertIs(Seen.AnswerOfA, await RawMessage.ReadAsync(client), AnswerKind.Unary, A);
            client.Dispose();
        }
    }

    /// <summary>Sends one request, and compares what comes of it with a cell of the table.</summary>
    public async Task AssertAsync(Expectation expected, AnswerKind kind)
    {
        (int All, int A, int B) before = Asked;
        using RawConnection client = await PostAsync(kind);
        Task<RawMessage> answering = RawMessage.ReadAsync(client);
        if (A.Stalls)
        {
            await TestTime.UntilAsync(() => A.Requests > before.A, "A has the request");
            await LetTimePassUntilAsync(answering);
        }

        RawMessage answer = await answering;
        ClientView.AssertIs(expected.Seen, answer, kind, expected.Seen == Seen.AnswerOfB ? B! : A);
        Assert.Equal(0, client.Buffered);
        AssertAsked(expected, before);
    }

    /// <summary>Compares the attempts since <paramref name="before"/>, a value of <see cref="Asked"/>, with a cell of the table.</summary>
    public void AssertAsked(Expectation expected, (int All, int A, int B) before)
    {
        (int all, int a, int b) = Asked;
        Assert.Equal(expected.AskedA + expected.AskedB, all - before.All);
        Assert.Equal((A.IsThere ? expected.AskedA : 0, B is { IsThere: true } ? expected.AskedB : 0), (a - before.A, b - before.B));
    }

    /// <summary>Lets <see cref="Limit"/> pass, again and again, as the timer may be set only after the first time.</summary>
    public Task LetTimePassUntilAsync(Task task) => TestTime.UntilAsync(
        () =>
        {
            _clock.Advance(Limit);
            return task.IsCompleted;
        },
        "the time is over");

    /// <summary>Lets so little time pass that no timer may strike.</summary>
    public void LetTimeNearlyPass() => _clock.Advance(Limit * 0.9);

    /// <summary>Waits until the gateway has the head of an answer of A.</summary>
    public Task HeadHasComeAsync()
    {
        LiveEndpoint endpoint = _gateway.Services.GetRequiredService<EndpointRegistry>().All.Single(endpoint => endpoint.Address.Authority == A.Url.Authority);
        return TestTime.UntilAsync(() => endpoint.AnsweredWithin(TimeSpan.MaxValue), "the head has come");
    }

    /// <summary>The state of an endpoint and its last error, as the admin API shows them.</summary>
    public async Task<(string State, string? LastError)> ShownAsync(FaultyEngine engine)
    {
        JsonElement shown = (await EndpointsAsync()).Single(endpoint => endpoint.GetProperty("address").GetString() == engine.Url.Authority);
        return (shown.GetProperty("state").GetString()!, shown.GetProperty("last_error").GetString());
    }

    /// <summary>Waits until no request is counted anywhere, and no connection is left that an engine has not done with.</summary>
    public async Task SettlesAsync()
    {
        await _gateway.SettlesAsync();
        foreach (FaultyEngine engine in EnginesOf(A, B))
            await TestTime.UntilAsync(() => engine.Answering == 0, $"{engine.Name} is left alone");
        Assert.All(await EndpointsAsync(), endpoint => Assert.Equal(0, endpoint.GetProperty("in_flight").GetInt32()));
        string[] inFlight = _measured.Observe("gateway.requests.in_flight");
        Assert.NotEmpty(inFlight);
        Assert.All(inFlight, measurement => Assert.StartsWith("0 {", measurement, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        _measured.Dispose();
        await _gateway.DisposeAsync();
        foreach (FaultyEngine engine in EnginesOf(A, B))
            await engine.DisposeAsync();
    }

    private static FaultyEngine[] EnginesOf(FaultyEngine a, FaultyEngine? b) => b is null ? [a] : [a, b];

    private async Task<JsonElement[]> EndpointsAsync() =>
        [.. JsonElement.Parse(await _gateway.Client.GetStringAsync("/admin/api/status", TestContext.Current.CancellationToken))
            .GetProperty("endpoints").EnumerateArray()];
}
