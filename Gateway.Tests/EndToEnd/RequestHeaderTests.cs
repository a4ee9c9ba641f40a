namespace Gateway.Tests.EndToEnd;

/// <summary>Which header fields of a client reach the engine, and how.</summary>
public sealed class RequestHeaderTests
{
    private const string Body = """{"model":"m"}""";

    [Theory]
    [InlineData("Connection", "keep-alive")]
    [InlineData("Proxy-Connection", "keep-alive")]
    [InlineData("Keep-Alive", "timeout=5")]
    [InlineData("TE", "gzip")]
    [InlineData("Upgrade", "h2c")]
    [InlineData("HTTP2-Settings", "AAMAAABkAAQCAAAAAAIAAAAA")]
    [InlineData("Proxy-Authorization", "Basic cHJveHk6cHJveHk=")]
    [InlineData("Proxy-Authenticate", "Basic")]
    [InlineData("Proxy-Authentication-Info", "x")]
    [InlineData("x-prefiller-host-port", "10.0.0.1:80")]
    [InlineData("X-Prefiller-Url", "http://10.0.0.1")]
    [InlineData("x-encoder-hosts-ports", "10.0.0.1:80")]
    [InlineData("x-data-parallel-host-port", "10.0.0.1:80")]
    [InlineData("X-DATA-PARALLEL-RANK", "1")]
    [InlineData("x-kv-cache-source-host-port", "10.0.0.1:80")]
    [InlineData("x-gateway-destination-endpoint", "10.0.0.1:80")]
    [InlineData("x-gateway-destination-endpoint-subset", "10.0.0.1:80")]
    [InlineData("x-gateway-destination-endpoint-served", "10.0.0.1:80")]
    public async Task FieldOfThisSide_IsNotSent(string name, string value)
    {
        RawMessage arrived = await SendAsync($"{name}: {value}\r\n");
        Assert.Empty(arrived.Values(name));
    }

    [Theory]
    [InlineData("Authorization", "Bearer client")]
    [InlineData("x-api-key", "client")]
    [InlineData("Cookie", "a=1; b=2")]
    [InlineData("Accept", "text/event-stream, */*;q=0.1")]
    [InlineData("Accept-Encoding", "gzip, br;q=0.5")]
    [InlineData("User-Agent", "OpenAI/Python 2.0 (what, ever)")]
    [InlineData("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("tracestate", "a=b")]
    [InlineData("baggage", "k=v")]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("Forwarded", "for=192.0.2.1;proto=https")]
    [InlineData("If-None-Match", "\"etag")]
    [InlineData("Date", "not a date")]
    [InlineData("Range", "not a range")]
    [InlineData("Referer", "http://example.com/ä")]
    [InlineData("Content-Language", "de, en")]
    [InlineData("Content-MD5", "x")]
    [InlineData("Expires", "0")]
    [InlineData("Last-Modified", "never")]
    [InlineData("Allow", "x")]
    [InlineData("x-latin", "\u00e9\u00ff\u0080")]
    [InlineData("x-spaces", "a  b\tc")]
    [InlineData("x-empty", "")]
    [InlineData("x_underscore.name", "1")]
    public async Task FieldOfTheRequest_IsSentAsItCame(string name, string value)
    {
        RawMessage arrived = await SendAsync($"{name}: {value}\r\n");
        Assert.Equal(value, arrived.Header(name));
    }

    [Fact]
    public async Task FieldNamedByConnection_IsNotSent()
    {
        RawMessage arrived = await SendAsync("Connection: x-first, X-SECOND\r\nConnection: ,x-third ,\r\nx-first: 1\r\nX-Second: 2\r\nx-third: 3\r\nx-fourth: 4\r\n");

        Assert.Null(arrived.Header("x-first"));
        Assert.Null(arrived.Header("x-second"));
        Assert.Null(arrived.Header("x-third"));
        Assert.Equal("4", arrived.Header("x-fourth"));
        Assert.Null(arrived.Header("Connection"));
    }

    [Fact]
    public async Task FieldThatTheEngineReliesOn_CannotBeNamedAway()
    {
        RawMessage arrived = await SendAsync(
            "Connection: Content-Type, Authorization, Host, Content-Length, x-request-id\r\nAuthorization: Bearer client\r\nx-request-id: mine\r\n");

        Assert.Equal("application/json", arrived.Header("Content-Type"));
        Assert.Equal("Bearer client", arrived.Header("Authorization"));
        Assert.Equal($"{Body.Length}", arrived.Header("Content-Length"));
        Assert.Equal("mine", arrived.Header("x-request-id"));
        Assert.StartsWith("127.0.0.1:", arrived.Header("Host"));
    }

    [Theory]
    [InlineData("abc.DEF_123-x", true)]
    [InlineData("with space", false)]
    [InlineData("semi;colon", false)]
    [InlineData("\u00e9", false)]
    [InlineData("", false)]
    public async Task RequestId_IsKeptWhenItIsFit_AndToldToBoth(string given, bool isKept)
    {
        await using CapturingEngine engine = CapturingEngine.Start(
            "HTTP/1.1 200 OK\r\nx-request-id: the-engine's own\r\nContent-Length: 2\r\n\r\n{}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        (RawMessage arrived, RawMessage answer) = await ExchangeAsync(gateway, engine, $"x-request-id: {given}\r\n");

        string? id = answer.Header("x-request-id");
        Assert.Equal(id, arrived.Header("x-request-id"));
        Assert.Matches("^[A-Za-z0-9._-]{1,128}$", id);
        Assert.Equal(isKept, id == given);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public async Task RequestId_HasAtMost128Characters(int length, bool isKept)
    {
        string given = new('a', length);
        RawMessage arrived = await SendAsync($"x-request-id: {given}\r\n");
        Assert.Equal(isKept, arrived.Header("x-request-id") == given);
    }

    [Fact]
    public async Task KeyOfTheEngine_TakesThePlaceOfTheClients()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--Gateway:Engines:0:Url={engine.Url}", "--Gateway:Engines:0:ApiKey=of the engine");

        (RawMessage arrived, _) = await ExchangeAsync(gateway, engine, "Authorization: Bearer client\r\nConnection: authorization\r\n");
        Assert.Equal("Bearer of the engine", arrived.Header("Authorization"));

        (arrived, _) = await ExchangeAsync(gateway, engine, "");
        Assert.Equal("Bearer of the engine", arrived.Header("Authorization"));
    }

    [Fact]
    public async Task TrailersThatTheClientTakes_AreToldToTheEngine()
    {
        RawMessage arrived = await SendAsync("TE: gzip, Trailers;q=0.5\r\nConnection: TE\r\n");
        Assert.Equal("trailers", arrived.Header("TE"));
    }

    [Fact]
    public async Task Expectation_IsAnsweredHere_AndNotSent()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadHeadAsync());
        await client.SendAsync(Body);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        Assert.Null((await engine.NextAsync()).Header("Expect"));
    }

    [Fact]
    public async Task Expectation_OfABodyOverTheLimit_IsRefusedBeforeTheBodyIsSent()
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", "--Gateway:Limits:MaxRequestBodyBytes=1000");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", await client.ReadHeadAsync());
    }

    [Fact]
    public async Task HeadOfNearly32Kilobytes_Passes()
    {
        string fields = string.Concat(Enumerable.Range(0, 60).Select(i => $"x-field-{i}: {new string((char)('a' + (i % 26)), 500)}\r\n"));
        Assert.InRange(fields.Length, 30_000, 32_000);

        RawMessage arrived = await SendAsync(fields);
        for (int i = 0; i < 60; i++)
            Assert.Equal(new string((char)('a' + (i % 26)), 500), arrived.Header($"x-field-{i}"));
    }

    [Fact]
    public async Task RepeatedField_KeepsEveryValueInOrder()
    {
        RawMessage arrived = await SendAsync("x-many: 1\r\nx-other: o\r\nX-Many: 2\r\nx-many: 3, 4\r\n");
        Assert.Equal("1, 2, 3, 4", string.Join(", ", arrived.Values("x-many")));
    }

    private static async Task<RawMessage> SendAsync(string fields)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        return (await ExchangeAsync(gateway, engine, fields)).Arrived;
    }

    private static async Task<(RawMessage Arrived, RawMessage Answer)> ExchangeAsync(TestGateway gateway, CapturingEngine engine, string fields)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync("/v1/chat/completions", Body, fields);
        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal(200, answer.Status);
        RawMessage arrived = await engine.NextAsync();
        Assert.Equal(Body, arrived.Body);
        await gateway.AssertIdleAsync();
        return (arrived, answer);
    }
}
