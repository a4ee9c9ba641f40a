using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>A large body is passed on while it still arrives, byte for byte.</summary>
public sealed class StreamedUploadTests
{
    private const int MiB = 1024 * 1024;
    private const string EngineMember = ",\"owned_by\":\"vllm\"";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LargeBody_ReachesTheEngineBeforeItsLastByteIsSent(bool chunked)
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(3 * MiB, "}\n\n");
        (string begin, string end) = (body[..(2 * MiB)], body[(2 * MiB)..]);

        await client.SendAsync(chunked
            ? Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(begin)
            : Wire.RequestHead(body.Length) + begin);
        RecordedRequest request = await InferenceAsync(engine, request => request.Body.Length >= MiB);
        Assert.False(request.BodyComplete);

        await client.SendAsync(chunked ? Wire.Chunk(end) + Wire.LastChunk : end);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        AssertSame(body.Replace(EngineMember, "", StringComparison.Ordinal), request.BodyText);
        Assert.Equal(chunked ? null : $"{body.Length - EngineMember.Length}", request.Header("Content-Length"));
        Assert.Equal(chunked ? "chunked" : null, request.Header("Transfer-Encoding"));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ShortPiece_ReachesTheEngineBeforeTheClientGoesOn()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(3 * MiB);
        const int Long = 2 * MiB;
        const int Short = 100;

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..Long]);
        await InferenceAsync(engine, request => request.Body.Length == Long - EngineMember.Length);
        await client.SendAsync(body[Long..(Long + Short)]);
        await InferenceAsync(engine, request => request.Body.Length == Long + Short - EngineMember.Length);

        await client.SendAsync(body[(Long + Short)..]);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ManySmallMembers_ArriveUnchanged()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string members = string.Concat(Enumerable.Range(0, 150_000).Select(i => $", \"k{i}\" : [{i}, {{\"model\":\"{i}\"}}]"));
        string body = $$"""{ "model" : "m"{{members}} } """;

        await client.SendAsync(Wire.RequestHead(body.Length) + body);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        AssertSame(body, Assert.Single(Inferences(engine)).BodyText);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task EngineNamedLate_IsBlanked_ThoughItComesByteByByte()
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        const string Late = ",\"inference_server\" : \"vllm\"";
        string begin = ChatBody.ModelFirst(2 * MiB, tail: "");
        string body = begin + Late + ",\"last\":[]}";

        await client.SendAsync(Wire.RequestHead(body.Length) + begin);
        await TestTime.UntilAsync(() => gateway.BytesHeld == 0 && Inferences(engine).Any(), "the settled part is passed on");
        for (int i = 0; i < Late.Length; i++)
        {
            await client.SendAsync(Late[i..(i + 1)]);
            int held = i + 1;
            await TestTime.UntilAsync(() => gateway.BytesHeld == held || held == Late.Length, "the byte is read and held back");
        }

        await client.SendAsync(body[(begin.Length + Late.Length)..]);
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        string expected = begin.Replace(EngineMember, "", StringComparison.Ordinal) + new string(' ', Late.Length) + ",\"last\":[]}";
        AssertSame(expected, Assert.Single(Inferences(engine)).BodyText);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(",\"engine\":null}")]
    [InlineData(",\"engine\":\"VLLM\",\"inference_server\":\"\"}")]
    [InlineData(",\"engine\":\"sglang\"}")]
    public async Task EngineMembersBesideOwnedBy_AreBlanked(string tail)
    {
        await using SimulatedEngine engine = await StartEngineAsync();
        await using SimulatedEngine other = await StartEngineAsync("sglang");
        await using TestGateway gateway = await TestGateway.StartAsync(engine, other);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(2 * MiB, tail);

        await client.SendAsync(Wire.RequestHead(body.Length) + body);

        // Those that come with the first bytes are cut out; here they come behind two megabytes.
        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        string expected = ChatBody.ModelFirst(2 * MiB, new string(' ', tail.Length - 1) + "}").Replace(EngineMember, "", StringComparison.Ordinal);
        AssertSame(expected, Assert.Single(Inferences(engine)).BodyText);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("}", "vllm")]
    [InlineData(",\"owned_by\":\"sglang\"}", "sglang")]
    public async Task EngineNotYetKnown_HoldsTheBodyToItsEnd(string tail, string owner)
    {
        await using SimulatedEngine vllm = await StartEngineAsync();
        await using SimulatedEngine sglang = await StartEngineAsync("sglang");
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Routing:DefaultOwnedBy:0=vllm"], vllm, sglang);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = $$"""{"model":"m","pad":"{{new string('p', 2 * MiB)}}"{{tail}}""";

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..^tail.Length]);
        await TestTime.UntilAsync(() => gateway.BytesHeld == body.Length - tail.Length, "everything is held");
        Assert.Empty(Inferences(vllm).Concat(Inferences(sglang)));
        await client.SendAsync(tail);

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((200, owner), (answer.Status, answer.Header("x-owned-by")));
        AssertSame($$"""{"model":"m","pad":"{{new string('p', 2 * MiB)}}"}""", Assert.Single(Inferences(owner == "vllm" ? vllm : sglang)).BodyText);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task TargetModel_IsPutIntoAStreamedBody()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(
            new() { Models = ["a/much longer \"name\""] }, TestContext.Current.CancellationToken);
        await using TestGateway gateway = await TestGateway.StartWithAsync(
            "--Gateway:Mappings:0:Model=m", "--Gateway:Mappings:0:OwnedBy=vllm", $"--Gateway:Mappings:0:Endpoints:0={engine.Url}",
            "--Gateway:Mappings:0:TargetModel=a/much longer \"name\"");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        string body = ChatBody.ModelFirst(2 * MiB);

        await client.SendAsync(Wire.RequestHead(body.Length) + body[..^10]);
        RecordedRequest request = await InferenceAsync(engine, request => request.Body.Length >= MiB);
        await client.SendAsync(body[^10..]);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        string expected = body.Replace(EngineMember, "", StringComparison.Ordinal)
            .Replace("\"model\":\"m\"", "\"model\":\"a/much longer \\\"name\\\"\"", StringComparison.Ordinal);
        AssertSame(expected, request.BodyText);
        Assert.Equal($"{expected.Length}", request.Header("Content-Length"));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task StreamedBody_GoesToAnotherEndpointWhenTheFirstTakesNoConnection()
    {
        await using SimulatedEngine first = await StartEngineAsync();
        await using SimulatedEngine second = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Routing:Picker=round-robin"], first, second);
        await first.KillAsync();
        string body = ChatBody.ModelFirst(2 * MiB);

        for (int i = 0; i < 2; i++)
        {
            using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
            await client.SendAsync(Wire.RequestHead(body.Length) + body);
            Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        }

        Assert.All(Inferences(second), request => AssertSame(body.Replace(EngineMember, "", StringComparison.Ordinal), request.BodyText));
        Assert.Equal(2, Inferences(second).Count());
        await gateway.SettlesAsync();
    }

    private static Task<SimulatedEngine> StartEngineAsync(string ownedBy = "vllm") =>
        SimulatedEngine.StartAsync(new() { Models = ["m"], OwnedBy = ownedBy }, TestContext.Current.CancellationToken);

    private static IEnumerable<RecordedRequest> Inferences(SimulatedEngine engine) => engine.Requests.All.Where(request => request.Method == "POST");

    private static Task<RecordedRequest> InferenceAsync(SimulatedEngine engine, Func<RecordedRequest, bool> predicate) =>
        engine.Requests.WaitForAsync(request => request.Method == "POST" && predicate(request), TestContext.Current.CancellationToken).SoonAsync();

    // Not Assert.Equal: its message would show megabytes.
    private static void AssertSame(string expected, string actual)
    {
        int at = expected.AsSpan().CommonPrefixLength(actual);
        Assert.True(at == expected.Length && at == actual.Length, $"They differ from byte {at} on; wanted are {expected.Length} bytes, there are {actual.Length}.");
    }
}
