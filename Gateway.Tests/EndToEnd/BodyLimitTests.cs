using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>Bodies that are larger than one may be, or than what is left for all of them.</summary>
public sealed class BodyLimitTests
{
    private const int MiB = 1024 * 1024;
    private static readonly string BufferOfTwo = $"--Gateway:Limits:BufferedBytes={2 * MiB}";
    private static readonly string LimitOfTwo = $"--Gateway:Limits:MaxRequestBodyBytes={2 * MiB}";

    [Fact]
    public async Task StreamedBody_MayBeLargerThanWhatIsHeldOfAll()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([BufferOfTwo], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(16 * MiB);

        await client.SendAsync(Wire.RequestHead(body.Length) + body);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HeldBody_LargerThanWhatIsHeldOfAll_IsToldToComeAgain(bool chunked)
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([BufferOfTwo], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelLast(16 * MiB);

        await client.SendAsync(chunked
            ? Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(body) + Wire.LastChunk
            : Wire.RequestHead(body.Length) + body);

        await AssertOverloadedAsync(client);
        await gateway.SettlesAsync();
        Assert.DoesNotContain(engine.Requests.All, request => request.Method == "POST");
    }

    [Fact]
    public async Task TwoHeldBodies_ShareWhatIsLeft()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([BufferOfTwo], engine);
        using RawConnection first = await RawConnection.OpenAsync(gateway.Url);
        using RawConnection second = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelLast(MiB + (MiB / 2));
        const int Tail = 12;

        await first.SendAsync(Wire.RequestHead(body.Length) + body[..^Tail]);
        await TestTime.UntilAsync(() => gateway.BytesHeld == body.Length - Tail, "the first is held");
        await second.SendAsync(Wire.RequestHead(body.Length) + body);
        await AssertOverloadedAsync(second);

        await first.SendAsync(body[^Tail..]);
        Assert.Equal(200, (await RawMessage.ReadAsync(first)).Status);
        await gateway.SettlesAsync();
        using RawConnection third = await RawConnection.OpenAsync(gateway.Url);
        await third.SendAsync(Wire.RequestHead(body.Length) + body);
        Assert.Equal(200, (await RawMessage.ReadAsync(third)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task StreamedBody_ThatFindsNoRoom_LeavesTheEngineWithAnUnfinishedRequest()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([BufferOfTwo], engine);
        using RawConnection holder = await RawConnection.OpenAsync(gateway.Url);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string streamed = ChatBody.ModelFirst(4 * MiB);
        string held = ChatBody.ModelLast(2 * MiB);
        const string TakenOut = "\"owned_by\":\"vllm\",";

        await client.SendAsync(Wire.RequestHead(streamed.Length) + streamed[..(2 * MiB)]);
        RecordedRequest request = await engine.Requests.WaitForAsync(
            request => request.Body.Length == (2 * MiB) - TakenOut.Length, TestContext.Current.CancellationToken).SoonAsync();
        await TestTime.UntilAsync(() => gateway.BytesHeld == 0, "what has come is passed on");
        await holder.SendAsync(Wire.RequestHead(held.Length) + held[..(2 * MiB)]);
        await TestTime.UntilAsync(() => gateway.BytesHeld == 2 * MiB, "the other one takes all there is");
        await client.SendAsync(streamed[(2 * MiB)..]);

        await AssertOverloadedAsync(client);
        Assert.False(await request.BodyEnded.SoonAsync());
        holder.Leave(Farewell.Close);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnnouncedLengthOverTheLimit_IsRefusedBeforeTheBodyIsSent()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([LimitOfTwo], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync(Wire.RequestHead($"Content-Length: {(2 * MiB) + 1}\r\nExpect: 100-continue"));

        AssertTooLarge(await RawMessage.ReadAsync(client));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task LengthOfJustTheLimit_IsAskedForAndPassedOn()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([LimitOfTwo], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelLast((2 * MiB) - ChatBody.ModelLast(0).Length);
        Assert.Equal(2 * MiB, body.Length);

        await client.SendAsync(Wire.RequestHead($"Content-Length: {body.Length}\r\nExpect: 100-continue"));
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync(body);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task HeldBodyWithoutALength_OverTheLimit_Gets413()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([LimitOfTwo], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync(Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(ChatBody.ModelLast(3 * MiB)) + Wire.LastChunk);

        AssertTooLarge(await RawMessage.ReadAsync(client));
        await gateway.SettlesAsync();
        Assert.DoesNotContain(engine.Requests.All, request => request.Method == "POST");
    }

    private static void AssertTooLarge(RawMessage answer) =>
        Assert.Equal((413, "request_too_large", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));

    private static async Task AssertOverloadedAsync(RawConnection client)
    {
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((503, "overloaded", null), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        Assert.InRange(int.Parse(answer.Header("Retry-After")!), 1, 60);
    }

    private static Task<SimulatedEngine> StartEngineAsync() =>
        SimulatedEngine.StartAsync(new() { Models = ["m"] }, TestContext.Current.CancellationToken);
}
