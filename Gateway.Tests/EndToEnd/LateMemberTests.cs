namespace Gateway.Tests.EndToEnd;

/// <summary>
/// Bodies that are passed on while they still arrive, since their route can no longer change: what comes late is still checked, and the engine
/// gets the last bytes only when all is well.
/// </summary>
public sealed class LateMemberTests
{
    private static readonly string Padding = new('p', 20_000);

    private static string Start => $$"""{"model":"m","messages":"{{Padding}}",""";

    public static TheoryData<string, string> Agreeing => new()
    {
        { "\"n\":1}", "\"n\":1}" },
        { "\"n\":1,\"owned_by\":\"vllm\"}", "\"n\":1                  }" },
        { "\"owned_by\":\"VLLM\",\"n\":1}", null! },
        { "\"n\":1,\"engine\":null,\"inference_server\":\"\" , \"z\":[]}\r\n ", null! },
        { "\"n\":{\"owned_by\":\"sglang\",\"model\":1},\"\\u0065ngine\":\"vllm\"}", null! },
        { "\"engine\":\"vllm\",\"n\":\"" + new string('q', 100_000) + "\"}", null! },
    };

    public static TheoryData<string, int, string> Wrong => new()
    {
        { "\"n\":1,\"model\":\"m\"}", 400, "duplicate_field" },
        { "\"n\":1,\"owned_by\":\"sglang\"}", 404, "model_not_found" },
        { "\"n\":1,\"engine\":\"sglang\"}", 404, "model_not_found" },
        { "\"n\":1,\"engine\":7}", 400, "invalid_type" },
        { "\"owned_by\":\"vllm\",\"owned_by\":\"vllm\"}", 400, "duplicate_field" },
        { "\"n\":1", 400, "invalid_json" },
        { "\"n\":[1}}", 400, "invalid_json" },
        { "\"n\":1}x", 400, "invalid_json" },
        { "\"n\":1}{}", 400, "invalid_json" },
        { "\"n\":1,}", 400, "invalid_json" },
    };

    [Theory]
    [MemberData(nameof(Agreeing))]
    public async Task MemberThatAgrees_GivesWayToSpaces(string rest, string? expected)
    {
        foreach (bool chunked in (bool[])[false, true])
        {
            var arrived = new TaskCompletionSource<RawMessage>();
            var begun = new TaskCompletionSource();
            await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
            {
                begun.SetResult();
                arrived.SetResult(await RawMessage.ReadBodyAsync(connection, head));
                await connection.SendAsync(CapturingEngine.Ok);
            });
            await using TestGateway gateway = await StartAsync(engine);
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

            await SendInTwoPartsAsync(client, rest, chunked, begun.Task);
            Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);

            // The same length, the same members but for the engine's, and where they stood nothing but spaces.
            RawMessage request = await arrived.Task.SoonAsync();
            string sent = Start + rest;
            Assert.Equal(sent.Length, request.Body.Length);
            Assert.Equal(chunked ? null : $"{sent.Length}", request.Header("Content-Length"));
            if (expected is not null)
                Assert.Equal(Start + expected, request.Body);
            string[] members = [.. request.Json.EnumerateObject().Select(member => member.Name)];
            Assert.Equal(members.Except(["owned_by", "engine", "inference_server"]), members);
            for (int i = 0; i < sent.Length; i++)
                Assert.True(request.Body[i] == sent[i] || request.Body[i] == ' ', $"Byte {i} became '{request.Body[i]}'.");
            await gateway.AssertIdleAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task EndThatIsWrong_LeavesTheEngineWithAnUnfinishedRequest(string rest, int status, string code)
    {
        foreach (bool chunked in (bool[])[false, true])
        {
            var begun = new TaskCompletionSource();
            var heard = new TaskCompletionSource<string>();
            await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) =>
            {
                begun.TrySetResult();
                heard.TrySetResult(await connection.ReadToEndAsync());
            });
            await using TestGateway gateway = await StartAsync(engine);
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

            await SendInTwoPartsAsync(client, rest, chunked, begun.Task);
            RawMessage answer = await RawMessage.ReadAsync(client);
            Assert.Equal(status, answer.Status);
            Assert.Equal(code, answer.Json.GetProperty("error").GetProperty("code").GetString());

            // Neither the announced length nor the last chunk: no parser takes that for a whole request.
            string body = await heard.Task.SoonAsync();
            Assert.True(chunked ? !body.EndsWith("0\r\n\r\n", StringComparison.Ordinal) : body.Length < (Start + rest).Length, "The engine got it whole.");
            Assert.Equal(1, engine.Requests);
            await gateway.AssertIdleAsync();

            // The client's connection is as good as before.
            await client.SendAsync("GET /health HTTP/1.1\r\nHost: gateway\r\n\r\n");
            Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        }
    }

    [Fact]
    public async Task BodyThatGrowsOverTheLimitOnItsWay_Is413_AndNeverFinished()
    {
        var begun = new TaskCompletionSource();
        var heard = new TaskCompletionSource<string>();
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) =>
        {
            begun.TrySetResult();
            heard.TrySetResult(await connection.ReadToEndAsync());
        });
        await using TestGateway gateway = await StartAsync(engine, "--Gateway:Limits:MaxRequestBodyBytes=50000");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await SendInTwoPartsAsync(client, $"\"n\":\"{Padding}{Padding}\"}}", chunked: true, begun.Task);
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal(413, answer.Status);
        Assert.DoesNotContain("0\r\n\r\n", await heard.Task.SoonAsync());
        await gateway.AssertIdleAsync();
    }

    [Fact]
    public async Task FramingThatBreaksOnItsWay_Is400_AndNeverFinished()
    {
        foreach (string broken in (string[])["zz\r\n", "fffffffffffffffff\r\n"])
        {
            var begun = new TaskCompletionSource();
            var heard = new TaskCompletionSource<string>();
            await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) =>
            {
                begun.TrySetResult();
                heard.TrySetResult(await connection.ReadToEndAsync());
            });
            await using TestGateway gateway = await StartAsync(engine);
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

            await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nTransfer-Encoding: chunked\r\n\r\n{Start.Length:x}\r\n{Start}\r\n");
            await begun.Task.SoonAsync();
            await client.SendAsync(broken);
            Assert.StartsWith("HTTP/1.1 400 ", await client.ReadToEndAsync());
            Assert.DoesNotContain("0\r\n\r\n", await heard.Task.SoonAsync());
            await gateway.AssertIdleAsync();
        }
    }

    [Fact]
    public async Task EngineThatCouldStillChange_HoldsTheBodyBack()
    {
        await using CapturingEngine vllm = CapturingEngine.Start();
        await using CapturingEngine sglang = CapturingEngine.Start(ownedBy: "sglang");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={vllm.Url}", $"--engine={sglang.Url}", "--Gateway:Limits:ReplayBytes=1000");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        // owned_by outranks engine, although it comes last.
        string body = $$"""{"model":"m","engine":"vllm","messages":"{{Padding}}","owned_by":"sglang"}""";
        await client.PostAsync("/v1/chat/completions", body);
        Assert.Equal("sglang", (await RawMessage.ReadAsync(client)).Header("x-owned-by"));
        Assert.Equal($$"""{"model":"m","messages":"{{Padding}}"}""", (await sglang.NextAsync()).Body);
        Assert.Equal(0, vllm.Requests);
        await gateway.AssertIdleAsync();
    }

    private static Task<TestGateway> StartAsync(ScriptedEngine engine, params string[] arguments) =>
        TestGateway.StartWithAsync([$"--engine={engine.Url}", "--Gateway:Limits:ReplayBytes=1000", .. arguments]);

    private static async Task SendInTwoPartsAsync(RawConnection client, string rest, bool chunked, Task begun)
    {
        string framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {Start.Length + rest.Length}";
        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n{framing}\r\n\r\n");
        await client.SendAsync(chunked ? $"{Start.Length:x}\r\n{Start}\r\n" : Start);

        // The engine has the head of the request before the rest of it is sent.
        await begun.SoonAsync();
        await client.SendAsync(chunked ? $"{rest.Length:x}\r\n{rest}\r\n0\r\n\r\n" : rest);
    }
}
