using System.Net;

namespace Gateway.Tests.EndToEnd;

/// <summary>Timers that a mapping has for itself: they strike on its route, and on no other.</summary>
public sealed class MappingTimeoutTests
{
    private const string Path = "/v1/chat/completions";
    private const string Mapped = "mapped";

    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reached;

    [Theory]
    [InlineData(ChatBody.Stream, "FirstByte")]
    [InlineData(ChatBody.Unary, "FirstByteUnary")]
    [InlineData(ChatBody.Unary, "Total")]
    [InlineData(ChatBody.Stream, "Total")]
    public async Task NoHeadInTimeOfTheMapping_Is504_WhileOtherModelsWait(string body, string timer)
    {
        await using ScriptedEngine engine = StartEngine("");
        await using TestGateway gateway = await StartGatewayAsync(engine, timer);
        using RawConnection mapped = await PostAsync(gateway, OfMapped(body), reached: 1);
        using RawConnection other = await PostAsync(gateway, body, reached: 2);

        // Again and again: an engine has a request a moment before the gateway begins to wait for its answer.
        await TestTime.UntilAsync(
            () =>
            {
                _clock.Advance(TimeSpan.FromMinutes(2));
                return gateway.RequestsRunning == 1;
            },
            "the mapped one is over");
        RawMessage refused = await RawMessage.ReadAsync(mapped);
        _goOn.SetResult();

        Assert.Equal((504, "upstream_timeout"), (refused.Status, refused.ErrorCode));
        Assert.Contains("the mapping's Timeouts", refused.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await RawMessage.ReadAsync(other)).Status);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("Idle")]
    [InlineData("Total")]
    public async Task StreamThatIsSilentForTheTimeOfTheMapping_IsCut_WhileOthersGoOn(string timer)
    {
        await using ScriptedEngine engine = StartEngine(Wire.StreamHead + Wire.Token("first"));
        await using TestGateway gateway = await StartGatewayAsync(engine, timer);
        using RawConnection mapped = await PostAsync(gateway, OfMapped(ChatBody.Stream), reached: 1);
        using RawConnection other = await PostAsync(gateway, ChatBody.Stream, reached: 2);
        await mapped.ReadUntilAsync("first");
        await other.ReadUntilAsync("first");

        _clock.Advance(TimeSpan.FromMinutes(2));
        string cut = await mapped.ReadToEndAsync();
        _goOn.SetResult();

        Assert.Contains("\"code\":\"upstream_timeout\"", cut, StringComparison.Ordinal);
        Assert.DoesNotContain(Wire.LastChunk, cut, StringComparison.Ordinal);
        await other.ReadUntilAsync("second");
        await other.ReadUntilAsync(Wire.LastChunk);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task LongerTimeOfTheMapping_OutlivesTheOneForAll()
    {
        await using ScriptedEngine engine = StartEngine("");
        await using TestGateway gateway = await TestGateway.StartAsync(
            _clock,
            ["--Gateway:Timeouts:Total=00:01:00", .. MappingTo(engine, Mapped, "Total=01:00:00")],
            engine);
        using RawConnection mapped = await PostAsync(gateway, OfMapped(ChatBody.Unary), reached: 1);
        using RawConnection other = await PostAsync(gateway, ChatBody.Unary, reached: 2);

        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(504, (await RawMessage.ReadAsync(other)).Status);
        _goOn.SetResult();

        Assert.Equal(200, (await RawMessage.ReadAsync(mapped)).Status);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 504)]
    public async Task RequestSentOnToAnotherEngine_HasTheTimersOfThatRoute(bool leavesTheMapping, int status)
    {
        await using ScriptedEngine failing = ScriptedEngine.Start(
            (connection, _) => connection.SendAsync(Wire.Answer("503 Service Unavailable")), ownedBy: "failing");
        await using ScriptedEngine engine = StartEngine("");
        await using TestGateway gateway = await TestGateway.StartAsync(
            _clock,
            ["--Gateway:Routing:DefaultOwnedBy:0=failing",
             .. leavesTheMapping ? MappingTo(failing, "m", "Total=00:01:00", "failing") : MappingTo(engine, "m", "Total=00:01:00")],
            failing, engine);
        using RawConnection client = await PostAsync(gateway, ChatBody.Unary, reached: 1);

        _clock.Advance(TimeSpan.FromMinutes(2));
        if (leavesTheMapping)
            _goOn.SetResult();

        Assert.Equal(status, (await RawMessage.ReadAsync(client)).Status);
        Assert.Equal(1, failing.Requests);
        _goOn.TrySetResult();
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task TimersPostedAnew_HoldForTheNextRequest()
    {
        await using ScriptedEngine engine = StartEngine("");
        await using TestGateway gateway = await TestGateway.StartAsync(_clock, [], engine);
        await MapAsync("00:01:00");
        await MapAsync("01:00:00");
        using RawConnection client = await PostAsync(gateway, OfMapped(ChatBody.Unary), reached: 1);

        _clock.Advance(TimeSpan.FromMinutes(2));
        _goOn.SetResult();

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();

        async Task MapAsync(string total)
        {
            var mapping = new StringContent(
                $$$"""{"model":"{{{Mapped}}}","owned_by":"vllm","endpoints":["{{{engine.Url}}}"],"target_model":"m","timeouts":{"total":"{{{total}}}"}}""");
            using HttpResponseMessage answer = await gateway.Client.PostAsync("/admin/api/routing", mapping, TestContext.Current.CancellationToken);
            Assert.True(answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.OK);
        }
    }

    // Says how it begins, and goes on when it is told to.
    private ScriptedEngine StartEngine(string begin) => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        await connection.SendAsync(begin);
        Interlocked.Increment(ref _reached);
        await _goOn.Task;
        await connection.SendAsync(begin.Length == 0 ? Wire.Answer("200 OK", "{}") : Wire.Token("second") + Wire.LastChunk);
    });

    private Task<TestGateway> StartGatewayAsync(ScriptedEngine engine, string timer) =>
        TestGateway.StartAsync(
            _clock,
            ["--Gateway:Timeouts:FirstByte=24.00:00:00", "--Gateway:Timeouts:FirstByteUnary=24.00:00:00", .. MappingTo(engine, Mapped, $"{timer}=00:01:00")],
            engine);

    private static string[] MappingTo(ScriptedEngine engine, string model, string timeout, string ownedBy = "vllm") =>
    [
        $"--Gateway:Mappings:0:Model={model}", $"--Gateway:Mappings:0:OwnedBy={ownedBy}", $"--Gateway:Mappings:0:Endpoints:0={engine.Url}",
        "--Gateway:Mappings:0:TargetModel=m", $"--Gateway:Mappings:0:Timeouts:{timeout}",
    ];

    private static string OfMapped(string body) => body.Replace("\"m\"", $"\"{Mapped}\"", StringComparison.Ordinal);

    private async Task<RawConnection> PostAsync(TestGateway gateway, string body, int reached)
    {
        RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, body);
        await TestTime.UntilAsync(() => Volatile.Read(ref _reached) == reached, "the engine has the request");
        return client;
    }
}
