using System.Net.Sockets;

namespace Gateway.Tests.EndToEnd;

/// <summary>A client that leaves over HTTP/1.1 after its request has been sent: the engine must not go on working for nobody.</summary>
public sealed class ClientDepartureTests
{
    public enum Moment
    {
        WaitingForAnswerInOnePiece,
        WaitingForHead,
        BeforeFirstToken,
        BetweenTokens,
        MidToken,
        WhileTokensFlow,
        WhileNotReading,
    }

    public static MatrixTheoryData<Moment, Farewell> Departures { get; } = new(Enum.GetValues<Moment>(), Enum.GetValues<Farewell>());

    [Theory]
    [MemberData(nameof(Departures))]
    public async Task ClientLeaves_EngineSeesItsConnectionEnd(Moment moment, Farewell farewell)
    {
        var script = new DepartureScript(moment);
        await using ScriptedEngine engine = ScriptedEngine.Start(script.RunAsync);
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        client.Socket.ReceiveBufferSize = 4096;

        await client.PostAsync("/v1/chat/completions", moment == Moment.WaitingForAnswerInOnePiece ? ChatBody.Unary : ChatBody.Stream);
        if (moment is not Moment.WhileNotReading and > Moment.WaitingForHead)
            await client.ReadHeadAsync();
        if (moment is not Moment.WhileNotReading and > Moment.BeforeFirstToken)
            await client.ReadUntilAsync("token");
        await script.Reached.SoonAsync();
        client.Leave(farewell);

        await script.Left.SoonAsync();
        Assert.Equal(1, engine.Requests);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Moment.WaitingForAnswerInOnePiece)]
    [InlineData(Moment.WaitingForHead)]
    [InlineData(Moment.BetweenTokens)]
    [InlineData(Moment.WhileTokensFlow)]
    public async Task ClientThatClosesOnlyItsSide_SeesNoCleanEnd(Moment moment)
    {
        var script = new DepartureScript(moment);
        await using ScriptedEngine engine = ScriptedEngine.Start(script.RunAsync);
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", moment == Moment.WaitingForAnswerInOnePiece ? ChatBody.Unary : ChatBody.Stream);
        await script.Reached.SoonAsync();
        client.Leave(Farewell.HalfClose);
        string answer = await client.ReadToEndAsync();

        Assert.DoesNotContain(Wire.LastChunk, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", answer, StringComparison.OrdinalIgnoreCase);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Farewell.HalfClose)]
    [InlineData(Farewell.Close)]
    [InlineData(Farewell.Reset)]
    public async Task ClientLeavesDuringRetry_BothEnginesAreFree(Farewell farewell)
    {
        var script = new DepartureScript(Moment.WaitingForHead);
        int requests = 0;
        Task AnswerAsync(RawConnection connection, string head) => Interlocked.Increment(ref requests) == 1
            ? connection.SendAsync("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
            : script.RunAsync(connection, head);
        await using ScriptedEngine first = ScriptedEngine.Start(AnswerAsync);
        await using ScriptedEngine second = ScriptedEngine.Start(AnswerAsync);
        await using TestGateway gateway = await TestGateway.StartAsync([], first, second);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", ChatBody.Stream);
        await script.Reached.SoonAsync();
        client.Leave(farewell);

        await script.Left.SoonAsync();
        Assert.Equal((1, 1), (first.Requests, second.Requests));
        await gateway.SettlesAsync();
    }

    /// <summary>Brings an answer to the moment at which the client is to leave, and waits for the gateway to leave too.</summary>
    private sealed class DepartureScript(Moment moment)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _sent;

        public Task Reached => _reached.Task;

        public Task Left => _left.Task;

        public async Task RunAsync(RawConnection connection, string head)
        {
            await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            if (moment >= Moment.BeforeFirstToken)
                await connection.SendAsync(Wire.StreamHead);
            if (moment >= Moment.BetweenTokens)
                await connection.SendAsync(Wire.Token("token"));
            if (moment == Moment.MidToken)
                await connection.SendAsync("ff\r\ndata: half");

            Task flood = moment >= Moment.WhileTokensFlow ? FloodAsync(connection) : Task.CompletedTask;
            if (moment == Moment.WhileNotReading)
                await StallAsync();
            _reached.TrySetResult();
            await flood;
            await connection.ReadToEndAsync();
            _left.TrySetResult();
        }

        private async Task FloodAsync(RawConnection connection)
        {
            string token = Wire.Token(new string('t', 16 * 1024));
            try
            {
                while (true)
                {
                    await connection.SendAsync(token);
                    Interlocked.Increment(ref _sent);
                }
            }
            catch (SocketException)
            {
                // The gateway has left.
            }
        }

        // Everything between here and the client is full when nothing more goes out for a while.
        private async Task StallAsync()
        {
            for (int before = -1; before != Volatile.Read(ref _sent);)
            {
                before = Volatile.Read(ref _sent);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }
}
