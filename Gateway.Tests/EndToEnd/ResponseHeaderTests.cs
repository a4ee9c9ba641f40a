namespace Gateway.Tests.EndToEnd;

/// <summary>What a client gets of the head of an engine's answer.</summary>
public sealed class ResponseHeaderTests
{
    [Theory]
    [InlineData("Connection: close")]
    [InlineData("Proxy-Connection: close")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("Upgrade: h2c")]
    [InlineData("TE: trailers")]
    [InlineData("Proxy-Authenticate: Basic")]
    [InlineData("Proxy-Authentication-Info: x")]
    [InlineData("Alt-Svc: h3=\":443\"")]
    public async Task FieldOfTheEnginesSide_IsNotPassedOn(string line)
    {
        RawMessage answer = await AskAsync($"{line}\r\n");
        Assert.Empty(answer.Values(line.Split(':')[0]));
    }

    [Fact]
    public async Task FieldNamedByConnection_IsNotPassedOn()
    {
        RawMessage answer = await AskAsync(
            "Connection: keep-alive, X-Private\r\nConnection: content-type, x-other\r\nx-private: 1\r\nX-Other: 2\r\nx-kept: 3\r\nContent-Type: text/plain\r\n");

        Assert.Empty(answer.Values("x-private"));
        Assert.Empty(answer.Values("x-other"));
        Assert.Equal("3", answer.Header("x-kept"));
        Assert.Equal("text/plain", answer.Header("Content-Type"));
        Assert.Equal("2", answer.Header("Content-Length"));
    }

    [Theory]
    [InlineData("Server", "uvicorn")]
    [InlineData("Date", "Tue, 01 Jan 2030 00:00:00 GMT")]
    [InlineData("Content-Type", "application/json; charset=\"weird")]
    [InlineData("Content-Type", "")]
    [InlineData("Content-Encoding", "gzip")]
    [InlineData("Content-Disposition", "attachment; filename=\"a.wav\"")]
    [InlineData("Last-Modified", "never")]
    [InlineData("Expires", "-1")]
    [InlineData("ETag", "W/\"x\"")]
    [InlineData("Retry-After", "7")]
    [InlineData("WWW-Authenticate", "Bearer realm=\"engine\"")]
    [InlineData("Location", "http://elsewhere/x")]
    [InlineData("Vary", "a, b")]
    [InlineData("Trailer", "x-t")]
    [InlineData("x-prefiller-host-port", "10.0.0.1:80")]
    [InlineData("x-latin", "caf\u00e9\u0080\u00ff")]
    [InlineData("x-spaces", "a  b\tc")]
    [InlineData("x-empty", "")]
    [InlineData("x_odd.name!", "1")]
    public async Task FieldOfTheAnswer_IsPassedOnAsItCame(string name, string value)
    {
        RawMessage answer = await AskAsync($"{name}: {value}\r\n");
        Assert.Equal(value, answer.Header(name));
    }

    [Fact]
    public async Task CookiesThatAreSet_StaySeparate()
    {
        RawMessage answer = await AskAsync("Set-Cookie: a=1, x; Path=/\r\nx-between: 1\r\nSet-Cookie: b=2; Expires=Tue, 01 Jan 2030 00:00:00 GMT\r\nset-cookie: c=3\r\n");
        Assert.Equal(["a=1, x; Path=/", "b=2; Expires=Tue, 01 Jan 2030 00:00:00 GMT", "c=3"], answer.Values("Set-Cookie"));
    }

    [Theory]
    [InlineData("x-bad: a\u0001b")]
    [InlineData("x-bad: a\u007fb")]
    [InlineData("x-bad: \u001b[31m")]
    public async Task ControlCharacter_CostsItsField_AndNothingElse(string line)
    {
        RawMessage answer = await AskAsync($"x-before: 1\r\n{line}\r\nx-after: 2\r\n");
        Assert.Equal("1", answer.Header("x-before"));
        Assert.Equal("2", answer.Header("x-after"));
        Assert.DoesNotContain(answer.Head, sign => sign is < ' ' and not ('\r' or '\n') or '\u007f');
    }

    [Fact]
    public async Task OwnerAndId_AreTheGateways_WhateverTheEngineSays()
    {
        RawMessage answer = await AskAsync("x-owned-by: someone else\r\nx-request-id: another\r\n", "x-request-id: mine\r\n");
        Assert.Equal("vllm", answer.Header("x-owned-by"));
        Assert.Equal("mine", answer.Header("x-request-id"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Endpoint_IsShownOnlyWhenAskedFor(bool isExposed)
    {
        await using CapturingEngine engine = CapturingEngine.Start();
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}", $"--Gateway:ExposeEndpoint={isExposed}");

        RawMessage answer = await AskAsync(gateway);
        Assert.Equal(isExposed ? engine.Url.Authority : null, answer.Header("x-gateway-destination-endpoint-served"));
    }

    [Theory]
    [InlineData("200 OK", "200 OK")]
    [InlineData("200 Fine By Me", "200 Fine By Me")]
    [InlineData("299 Odd", "299 Odd")]
    [InlineData("418 I'm a teapot", "418 I'm a teapot")]
    [InlineData("599 ", "599 ")]
    [InlineData("301 Moved Permanently", "301 Moved Permanently")]
    [InlineData("401 Unauthorized", "401 Unauthorized")]
    [InlineData("407 Proxy Authentication Required", "407 Proxy Authentication Required")]
    public async Task StatusAndReason_ArePassedOn(string status, string expected)
    {
        await using CapturingEngine engine = CapturingEngine.Start($"HTTP/1.1 {status}\r\nContent-Length: 2\r\nLocation: http://elsewhere/\r\n\r\n{{}}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");

        RawMessage answer = await AskAsync(gateway);
        Assert.Equal($"HTTP/1.1 {expected}", answer.StartLine);
        Assert.Equal("{}", answer.Body);
    }

    [Fact]
    public async Task EventStream_IsNotToBeGatheredByAnotherProxy()
    {
        RawMessage stream = await AskAsync("Content-Type: text/event-stream; charset=utf-8\r\n");
        Assert.Equal("no", stream.Header("x-accel-buffering"));

        RawMessage withOwn = await AskAsync("Content-Type: text/event-stream\r\nX-Accel-Buffering: yes\r\n");
        Assert.Equal("yes", withOwn.Header("x-accel-buffering"));

        RawMessage json = await AskAsync("Content-Type: application/json\r\n");
        Assert.Null(json.Header("x-accel-buffering"));
    }

    [Fact]
    public async Task HeadOfNearly64Kilobytes_Passes()
    {
        string value = new('v', 1000);
        RawMessage answer = await AskAsync(string.Concat(Enumerable.Range(0, 60).Select(i => $"x-field-{i}: {value}\r\n")));
        for (int i = 0; i < 60; i++)
            Assert.Equal(value, answer.Header($"x-field-{i}"));
    }

    private static async Task<RawMessage> AskAsync(string engineFields, string clientFields = "")
    {
        await using CapturingEngine engine = CapturingEngine.Start($"HTTP/1.1 200 OK\r\n{engineFields}Content-Length: 2\r\n\r\n{{}}");
        await using TestGateway gateway = await TestGateway.StartWithAsync($"--engine={engine.Url}");
        RawMessage answer = await AskAsync(gateway, clientFields);
        Assert.Equal("HTTP/1.1 200 OK", answer.StartLine);
        Assert.Equal("{}", answer.Body);
        return answer;
    }

    private static async Task<RawMessage> AskAsync(TestGateway gateway, string clientFields = "")
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync("/v1/chat/completions", """{"model":"m"}""", clientFields);
        RawMessage answer = await RawMessage.ReadAsync(client);
        await gateway.AssertIdleAsync();
        return answer;
    }
}
