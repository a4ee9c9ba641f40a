namespace Gateway.Tests.EndToEnd;

/// <summary>Requests written so that two parsers could disagree where one ends: they are refused, or reach the engine as one plain request.</summary>
public sealed class SmugglingTests
{
    private const string Body = """{"model":"m"}""";
    private const string Hidden = "POST /pause HTTP/1.1\r\nHost: gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    [Theory]
    [InlineData("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "d\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 200\r\n", "d\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Content-Length: 13\r\nContent-Length: 14\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13, 14\r\n", Body + Hidden)]
    [InlineData("Content-Length: +13\r\n", Body + Hidden)]
    [InlineData("Content-Length: 0x0d\r\n", Body + Hidden)]
    [InlineData("Content-Length: -1\r\n", Body + Hidden)]
    [InlineData("Content-Length: 99999999999999999999\r\n", Body + Hidden)]
    [InlineData("Content-Length : 13\r\n", Body + Hidden)]
    [InlineData("Transfer-Encoding : chunked\r\nContent-Length: 13\r\n", Body + Hidden)]
    [InlineData("Transfer-Encoding: xchunked\r\nContent-Length: 13\r\n", Body + Hidden)]
    [InlineData("Transfer-Encoding: identity\r\nContent-Length: 13\r\n", Body + Hidden)]
    [InlineData("Transfer-Encoding: chunked, identity\r\n", "d\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n", "d\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "d\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\n", "d;a=\n1\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\n", "d\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\n", "D\r\n" + Body + "xx0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\n", "-1\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\n", "fffffffffffffffff\r\n" + Body + "\r\n0\r\n\r\n" + Hidden)]
    [InlineData("Transfer-Encoding: chunked\r\n", "d\r\n" + Body + "\r\n0\r\nContent-Length: 50\r\nx-owned-by: b\r\n\r\n" + Hidden)]
    [InlineData("Content-Length: 13\r\nx-a: b\nTransfer-Encoding: chunked\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13\r\nx-a: b\rTransfer-Encoding: chunked\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13\r\nx-a: b\r\n folded\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13\r\nx-a: b\0c\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13\r\nx a: b\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13\r\n: b\r\n", Body + Hidden)]
    [InlineData("Content-Length: 13\r\nHost: other\r\n", Body + Hidden)]
    public async Task AmbiguousFraming_IsRefused_OrMadePlain(string headers, string rest)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n{headers}\r\n{rest}");
        string answers = await client.ReadToEndAsync();

        // Whatever became of the request: what hides behind it is a request of its own, for the gateway to answer.
        Assert.Matches("^HTTP/1.1 (200|4..) ", answers);
        await gateway.AssertIdleAsync();
        Assert.InRange(engine.Requests, 0, 1);
        if (engine.Requests == 0)
            return;

        RawMessage arrived = await engine.NextAsync();
        Assert.Equal("/v1/chat/completions", arrived.Target);
        Assert.Equal(Body, arrived.Body);
        Assert.Equal($"{Body.Length}", arrived.Header("Content-Length"));
        Assert.Null(arrived.Header("Transfer-Encoding"));
        Assert.Null(arrived.Header("X-Content-Length"));
        Assert.StartsWith("127.0.0.1:", arrived.Header("Host"));
    }

    [Theory]
    [InlineData("POST /v1/chat/completions?a=\rb HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions?a=\tb HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions?a=\u0001b HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions?a=\u007fb HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions?a=\u00e9b HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions?a=b c HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions?a=#b HTTP/1.1\r\n")]
    [InlineData("POST  /v1/chat/completions HTTP/1.1\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.9\r\n")]
    [InlineData("POST http://gateway/v1/chat/completions?a=1 HTTP/1.1\r\n")]
    [InlineData("POST http://other/v1/chat/completions HTTP/1.1\r\n")]
    [InlineData("POST http://user:secret@gateway/v1/chat/completions HTTP/1.1\r\n")]
    public async Task OddRequestLine_IsRefused_OrMadePlain(string line)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync($"{line}Host: gateway\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        string answer = await client.ReadToEndAsync();

        Assert.Matches("^HTTP/1.1 (200|4..|505) ", answer);
        await gateway.AssertIdleAsync();
        if (engine.Requests == 0)
            return;
        RawMessage arrived = await engine.NextAsync();
        Assert.Matches("^POST /v1/chat/completions[!-~]* HTTP/1.1$", arrived.StartLine);
        Assert.Equal(Body, arrived.Body);
    }

    [Theory]
    [InlineData(":path", "/v1/chat/completions?a=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /pause")]
    [InlineData(":path", "/v1/chat/completions?a=\n")]
    [InlineData(":path", "/v1/chat/completions?a=\u00e9 \u0080")]
    [InlineData(":path", "/v1/chat/completions\r\nx: y")]
    [InlineData(":path", "/v1/chat/completions#?")]
    [InlineData(":method", "POST /pause HTTP/1.1\r\n\r\nPOST")]
    [InlineData(":authority", "gateway\r\nx-evil: 1")]
    [InlineData("x-a", "b\r\nx-evil: 1")]
    [InlineData("x-a", "b\nx-evil: 1")]
    [InlineData("x-a", "b\rx-evil: 1")]
    [InlineData("content-type", "application/json\r\nx-evil: 1")]
    [InlineData("x-request-id", "b\r\nx-evil: 1")]
    [InlineData("x-a: b\r\nx-evil", "1")]
    [InlineData("x-evil:", "1")]
    [InlineData("transfer-encoding", "chunked")]
    [InlineData("connection", "x-a")]
    [InlineData("content-length", "5")]
    public async Task Http2Field_CannotAddALineToTheEnginesRequest(string name, string value)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}");
        using RawHttp2Connection client = await RawHttp2Connection.OpenAsync(gateway.Url);

        var fields = new List<(string Name, string Value)>
        {
            (":method", "POST"), (":scheme", "http"), (":path", "/v1/chat/completions"), (":authority", "gateway"), ("content-type", "application/json"),
        };
        if (fields.FindIndex(field => field.Name == name) is >= 0 and int at)
            fields[at] = (name, value);
        else
            fields.Add((name, value));
        await client.PostAsync(Body, [.. fields]);

        Assert.Contains(await client.ReadStatusAsync(), (int[])[0, 200, 400, 404, 415]);
        await gateway.AssertIdleAsync();
        if (engine.Requests == 0)
            return;
        RawMessage arrived = await engine.NextAsync();
        Assert.Matches("^POST /v1/chat/completions[!-~]* HTTP/1.1$", arrived.StartLine);
        Assert.DoesNotContain("\nx-evil", arrived.Head.Replace('\r', '\n'));
        Assert.Equal(Body, arrived.Body);
        Assert.Equal($"{Body.Length}", arrived.Header("Content-Length"));
    }
}
