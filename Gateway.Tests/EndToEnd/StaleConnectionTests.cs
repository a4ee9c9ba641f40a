using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// An engine may close a kept-alive connection at the very moment at which a request is sent on it. It has then not worked on the request, which
/// is sent again outside of all counts.
/// </summary>
public sealed class StaleConnectionTests
{
    private const string Path = "/v1/chat/completions";
    private const string NoRetries = "--Gateway:Retry:AfterSend=0";
    private const string NoConnectRetries = "--Gateway:Retry:Connect=0";

    public static MatrixTheoryData<Farewell, int, bool> Closings { get; } = new([Farewell.Close, Farewell.Reset], [1, 2], [true, false]);

    [Theory]
    [MemberData(nameof(Closings))]
    public async Task KeptAliveConnectionThatCloses_IsReplaced(Farewell farewell, int endpoints, bool readsBody)
    {
        ScriptedEngine[] engines = [.. Enumerable.Range(0, endpoints).Select(_ => StartOncePerConnection(farewell, readsBody))];
        await using TestGateway gateway = await TestGateway.StartAsync([NoRetries, NoConnectRetries], engines);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // Every request but the first of an endpoint meets a connection that closes under it.
        const int Requests = 6;
        for (int i = 0; i < Requests; i++)
        {
            await client.PostAsync(Path, ChatBody.Unary);
            Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        }

        Assert.InRange(engines.Sum(engine => engine.Requests), (2 * Requests) - endpoints, 2 * Requests);
        await gateway.SettlesAsync();
        foreach (ScriptedEngine engine in engines)
            await engine.DisposeAsync();
    }

    [Theory]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task ConnectionThatHasBeenIdle_IsReplacedToo(Farewell farewell)
    {
        await using ScriptedEngine engine = StartOncePerConnection(farewell, readsBody: true);
        await using TestGateway gateway = await TestGateway.StartAsync([NoRetries, NoConnectRetries], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Unary);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);

        // The handler visits idle connections once a second, and from then on reads them in another way.
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        await client.PostAsync(Path, ChatBody.Unary);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.InRange(engine.Requests, 2, 3);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task EngineWhoseConnectionsAllClose_IsLeftForAnother_AfterTwo(Farewell farewell)
    {
        const int AtOnce = 4;
        using var answers = new SemaphoreSlim(0);
        await using ScriptedEngine closing = StartOncePerConnection(farewell, readsBody: true, answers);
        await using var well = new EngineGroup(1, async (connection, _) =>
        {
            await answers.WaitAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync(Wire.Answer("200 OK", "{}"));
        });
        await using TestGateway gateway = await well.StartGatewayAsync("--Gateway:Routing:Picker=round-robin", NoRetries, $"--engine={closing.Url}");
        RawConnection[] clients = await Task.WhenAll(Enumerable.Range(0, 2 * AtOnce).Select(_ => RawConnection.OpenAsync(gateway.Url)));
        foreach (RawConnection client in clients)
            await client.PostAsync(Path, ChatBody.Unary);
        await TestTime.UntilAsync(() => (closing.Requests, well.Bodies.Count) == (AtOnce, AtOnce), "each to be asked over several connections at once");
        answers.Release(2 * AtOnce);
        foreach (RawConnection client in clients)
            Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);

        // One of the next two at least comes to it first.
        answers.Release(2);
        for (int i = 0; i < 2; i++)
        {
            await clients[i].PostAsync(Path, ChatBody.Unary);
            Assert.Equal(200, (await RawMessage.ReadAsync(clients[i])).Status);
        }

        Assert.InRange(closing.Requests, AtOnce + 2, AtOnce + 4);
        Assert.Equal(AtOnce + 2, well.Bodies.Count);
        await gateway.SettlesAsync();
        Array.ForEach(clients, client => client.Dispose());
    }

    [Theory]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task FreshConnectionThatCloses_IsNot(Farewell farewell)
    {
        await using var engine = new EngineGroup(1, (connection, _) =>
        {
            connection.Leave(farewell);
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await engine.StartGatewayAsync(NoRetries);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);

        Assert.Equal(502, (await RawMessage.ReadAsync(client)).Status);
        Assert.Single(engine.Bodies);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ReplacementThatBreaksToo_CountsAsReset()
    {
        await using var engines = new EngineGroup(2, (connection, number) =>
        {
            if (number == 1)
                return connection.SendAsync(Wire.Answer("200 OK", "{}"));
            connection.Reset();
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await engines.StartGatewayAsync("--Gateway:Routing:Picker=round-robin");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        int asked = engines.Bodies.Count;
        for (int i = 0; i < 2; i++)
        {
            await client.PostAsync(Path, ChatBody.Unary);
            Assert.Equal(502, (await RawMessage.ReadAsync(client)).Status);
        }

        // Each request is sent to both; and one of them meets the kept-alive connection on its way, which makes one more.
        Assert.Equal(asked + 2 + 2 + 1, engines.Bodies.Count);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task BrokenByteOfAnAnswer_IsNoStaleConnection()
    {
        await using var engine = new EngineGroup(1, async (connection, number) =>
        {
            if (number == 1)
            {
                await connection.SendAsync(Wire.Answer("200 OK", "{}"));
                return;
            }

            await connection.SendAsync("H");
            connection.Leave(Farewell.Close);
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await client.PostAsync(Path, ChatBody.Unary);

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((502, "false"), (answer.Status, answer.Header("x-should-retry")));
        Assert.Equal(2, engine.Bodies.Count);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(ChatBody.Unary)]
    [InlineData(ChatBody.Stream)]
    public async Task EngineThatClosesAfterEachAnswerUnannounced_FailsNoRequest(string body)
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, TestContext.Current.CancellationToken);
        engine.Fault = new() { Close = FaultPoint.KeepAlive };
        await using TestGateway gateway = await TestGateway.StartAsync([NoRetries, NoConnectRetries], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        for (int i = 0; i < 50; i++)
        {
            await client.PostAsync(Path, body);
            string head = await client.ReadHeadAsync();
            Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
            await (body == ChatBody.Stream ? client.ReadUntilAsync(Wire.LastChunk) : client.ReadAsync(ScriptedEngine.LengthOf(head)));
        }

        await gateway.SettlesAsync();
    }

    /// <summary>Answers the first request of a connection, when there is leave to, and closes it as soon as it has the next.</summary>
    private static ScriptedEngine StartOncePerConnection(Farewell farewell, bool readsBody, SemaphoreSlim? answers = null)
    {
        var used = new HashSet<RawConnection>();
        return ScriptedEngine.Start(async (connection, head) =>
        {
            bool isReused;
            lock (used)
                isReused = !used.Add(connection);
            if (!isReused || readsBody)
                await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            if (isReused)
            {
                connection.Leave(farewell);
                return;
            }

            await (answers?.WaitAsync(TestContext.Current.CancellationToken) ?? Task.CompletedTask);
            await connection.SendAsync(Wire.Answer("200 OK", "{}"));
        });
    }
}
