using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>What is wrong with a large body is often seen only when most of it has been passed on: the engine must then not get a whole request.</summary>
public sealed class StreamedUploadErrorTests
{
    private const int MiB = 1024 * 1024;

    [Theory]
    [InlineData(",\"model\":\"m\"}", 400, "duplicate_field", "model")]
    [InlineData(",\"mod\\u0065l\":null}", 400, "duplicate_field", "model")]
    [InlineData(",\"owned_by\":\"sglang\"}", 404, "model_not_found", "owned_by")]
    [InlineData(",\"engine\":\"sglang\"}", 404, "model_not_found", "owned_by")]
    [InlineData(",\"owned_by\":7}", 400, "invalid_type", "owned_by")]
    [InlineData(",\"last\":1", 400, "invalid_json", null)]
    [InlineData(",\"last\":", 400, "invalid_json", null)]
    [InlineData(",\"last", 400, "invalid_json", null)]
    [InlineData(",", 400, "invalid_json", null)]
    [InlineData(",}", 400, "invalid_json", null)]
    [InlineData(" 1}", 400, "invalid_json", null)]
    [InlineData("} {}", 400, "invalid_json", null)]
    [InlineData("}}", 400, "invalid_json", null)]
    [InlineData("]", 400, "invalid_json", null)]
    public async Task WrongEnd_LeavesTheEngineWithAnUnfinishedRequest(string tail, int status, string code, string? param)
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        string body = $$"""{"model":"m","pad":"{{new string('p', 2 * MiB)}}"{{tail}}""";

        foreach (bool chunked in (bool[])[false, true])
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            string begin = body[..(2 * MiB)];
            await client.SendAsync(chunked
                ? Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(begin)
                : Wire.RequestHead(body.Length) + begin);
            RecordedRequest request = await EngineGetsAsync(engine, request => request.Outcome is null && request.Body.Length >= MiB);
            await client.SendAsync(chunked ? Wire.Chunk(body[(2 * MiB)..]) + Wire.LastChunk : body[(2 * MiB)..]);

            RawMessage answer = await RawMessage.ReadAsync(client);
            Assert.Equal((status, code, param), (answer.Status, answer.ErrorCode, answer.ErrorParam));
            Assert.False(await request.BodyEnded.SoonAsync());

            // Of a body without a length every byte may have gone, but for the last chunk: that it ends too early shows only there.
            Assert.True(chunked || request.Body.Length < body.Length);
            await gateway.SettlesAsync();
        }
    }

    [Fact]
    public async Task ConnectionUsableAfterwards_AndTheEndpointIsNotBlamed()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string wrong = ChatBody.ModelFirst(2 * MiB, ",\"model\":\"m\"}");

        await client.SendAsync(Wire.RequestHead(wrong.Length) + wrong);
        Assert.Equal(400, (await RawMessage.ReadAsync(client)).Status);
        await client.PostAsync("/v1/chat/completions", ChatBody.Unary);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task BodyOverTheLimit_WhoseLengthIsNotKnown_Gets413()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([$"--Gateway:Limits:MaxRequestBodyBytes={3 * MiB}"], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(4 * MiB);

        await client.SendAsync(Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(body[..(2 * MiB)]));
        RecordedRequest request = await EngineGetsAsync(engine, request => request.Body.Length >= MiB);
        await client.SendAsync(Wire.Chunk(body[(2 * MiB)..]) + Wire.LastChunk);

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((413, "request_too_large", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        Assert.False(await request.BodyEnded.SoonAsync());
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ChunkedBody_ThatTheClientBreaksOff_IsNoWholeRequest()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // As JSON it is complete; as a body it is not.
        await client.SendAsync(Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(ChatBody.ModelFirst(2 * MiB)));
        RecordedRequest request = await EngineGetsAsync(engine, request => request.Body.Length >= MiB);
        client.Leave(Farewell.HalfClose);

        Assert.False(await request.BodyEnded.SoonAsync());
        await gateway.SettlesAsync();
    }

    private static Task<SimulatedEngine> StartEngineAsync() =>
        SimulatedEngine.StartAsync(new() { Models = ["m"] }, TestContext.Current.CancellationToken);

    private static Task<RecordedRequest> EngineGetsAsync(SimulatedEngine engine, Func<RecordedRequest, bool> predicate) =>
        engine.Requests.WaitForAsync(request => request.Method == "POST" && predicate(request), TestContext.Current.CancellationToken).SoonAsync();
}
