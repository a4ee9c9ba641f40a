namespace Gateway.Tests.EndToEnd;

/// <summary>A client that leaves over HTTP/1.1 while its request is being sent.</summary>
public sealed class UploadDepartureTests
{
    private const int Large = 4 * 1024 * 1024;
    private const int Half = Large / 2;

    // The handler gathers pieces that are smaller than its write buffer.
    private const int WriteBuffer = 4096;

    // The gateway closes by FIN or by RST as it happens: only that the engine gets no whole request counts.
    private readonly TaskCompletionSource<int> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [MemberData(nameof(Farewells))]
    public async Task ClientLeavesInAHeldBody_EngineIsNeverAsked(Farewell farewell)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start((_, _) => Task.CompletedTask);
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync(Wire.RequestHead(1000) + ChatBody.Unary[..20]);
        await TestTime.UntilAsync(() => gateway.RequestsRunning == 1, "the gateway takes the request in");
        client.Leave(farewell);

        await gateway.SettlesAsync();
        Assert.Equal(0, engine.Requests);
    }

    [Theory]
    [MemberData(nameof(Farewells))]
    public async Task ClientLeavesInAStreamedBody_EngineSeesItsConnectionEnd(Farewell farewell)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) =>
        {
            int read = (await connection.ReadAsync(Half - WriteBuffer)).Length;
            _reached.SetResult();
            _received.SetResult(read + (await connection.ReadToEndAsync()).Length);
        });
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(Large);

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..Half]);
        await _reached.Task.SoonAsync();
        client.Leave(farewell);

        Assert.InRange(await _received.Task.SoonAsync(), Half - WriteBuffer, Half);
        await gateway.SettlesAsync();
    }

    [Theory]
    [MemberData(nameof(Farewells))]
    public async Task ClientLeavesInAStreamedBody_ThatTheEngineDoesNotRead(Farewell farewell)
    {
        var gatewayLeft = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) =>
        {
            _reached.SetResult();
            await gatewayLeft.Task;
            _received.SetResult((await connection.ReadToEndAsync()).Length);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Timeouts:Idle=00:00:01"], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // More than all sockets on the way take: the client is stuck in its upload.
        string body = ChatBody.ModelFirst(15 * Large);
        Task sending = client.SendAsync(Wire.RequestHead(body.Length) + body);
        await _reached.Task.SoonAsync();
        client.Leave(farewell);
        await Assert.ThrowsAnyAsync<Exception>(() => sending);

        await gateway.SettlesAsync();
        gatewayLeft.SetResult();
        Assert.True(await _received.Task.SoonAsync() < body.Length);
    }

    [Theory]
    [MemberData(nameof(MomentsOfAHeldBody))]
    public async Task ClientLeavesAfterALargeHeldBody_EngineSeesItsConnectionEnd(Farewell farewell, bool engineReads)
    {
        var clientLeft = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            int read = engineReads ? (await connection.ReadAsync(ScriptedEngine.LengthOf(head))).Length : 0;
            _reached.SetResult();
            if (!engineReads)
                await clientLeft.Task;
            _received.SetResult(read + (await connection.ReadToEndAsync()).Length);
        });
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", ChatBody.ModelLast(4 * Large));
        await _reached.Task.SoonAsync();
        client.Leave(farewell);

        // An engine that does not read sees the end only behind what the gateway had already sent.
        if (!engineReads)
        {
            await gateway.SettlesAsync();
            clientLeft.SetResult();
        }

        int received = await _received.Task.SoonAsync();
        Assert.Equal(engineReads, received >= 4 * Large);
        await gateway.SettlesAsync();
    }

    public static TheoryData<Farewell> Farewells { get; } = new(Enum.GetValues<Farewell>());

    public static MatrixTheoryData<Farewell, bool> MomentsOfAHeldBody { get; } = new(Enum.GetValues<Farewell>(), [true, false]);
}
