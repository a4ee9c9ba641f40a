namespace Gateway.Tests.EndToEnd;

/// <summary>Engines that break the connection, or say that they cannot serve now: another endpoint is asked, as often as <c>Retry:AfterSend</c> says.</summary>
public sealed class RetryTests
{
    private const string Path = "/v1/chat/completions";
    private const string Dropped = "x-llm-d-request-dropped-reason: rejected-saturated\r\n";
    private const string Fine = """{"id":"fine"}""";

    public static TheoryData<string, string> AnswersThatAskForAnother { get; } = new()
    {
        { "502 Bad Gateway", "" },
        { "503 Service Unavailable", "" },
        { "503 Service Unavailable", "Retry-After: 7\r\n" },
        { "429 Too Many Requests", "Retry-After: 7\r\n" },
        { "429 Too Many Requests", Dropped },
    };

    [Theory]
    [MemberData(nameof(AnswersThatAskForAnother))]
    public async Task EngineThatCannotServeNow_IsReplacedByAnother_WithTheSameBytes(string status, string headers)
    {
        await using var engines = new EngineGroup(2, (connection, number) =>
            connection.SendAsync(number == 1 ? Wire.Answer(status, "{}", headers) : Wire.Answer("200 OK", Fine)));
        await using TestGateway gateway = await engines.StartGatewayAsync();

        RawMessage answer = await PostAsync(gateway, ChatBody.Unary);

        Assert.Equal((200, Fine), (answer.Status, answer.Body));
        Assert.Equal([ChatBody.Unary, ChatBody.Unary], engines.Bodies);
        Assert.Equal(2, engines.Asked);
        await gateway.SettlesAsync();
    }

    [Theory]
    [MemberData(nameof(AnswersThatAskForAnother))]
    public async Task RetriesSpent_TheLastAnswerPassesUnchanged(string status, string headers)
    {
        await using var engines = new EngineGroup(3, (connection, number) =>
            connection.SendAsync(Wire.Answer(status, $"{{\"n\":{number}}}", $"{headers}x-number: {number}\r\n")));
        await using TestGateway gateway = await engines.StartGatewayAsync();

        RawMessage answer = await PostAsync(gateway, ChatBody.Stream);

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer.Head, StringComparison.Ordinal);
        Assert.Contains(headers, answer.Head, StringComparison.Ordinal);
        Assert.Equal(("2", """{"n":2}""", null), (answer.Header("x-number"), answer.Body, answer.Header("x-should-retry")));
        Assert.Equal(2, engines.Bodies.Count);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("429 Too Many Requests")]
    [InlineData("500 Internal Server Error")]
    [InlineData("504 Gateway Timeout")]
    [InlineData("400 Bad Request")]
    [InlineData("404 Not Found")]
    [InlineData("408 Request Timeout")]
    [InlineData("422 Unprocessable Entity")]
    public async Task OtherErrors_PassAtOnce(string status)
    {
        await using var engines = new EngineGroup(2, (connection, _) => connection.SendAsync(Wire.Answer(status, """{"detail":"theirs"}""")));
        await using TestGateway gateway = await engines.StartGatewayAsync();

        RawMessage answer = await PostAsync(gateway, ChatBody.Unary);

        Assert.StartsWith($"HTTP/1.1 {status}\r\n", answer.Head, StringComparison.Ordinal);
        Assert.Equal("""{"detail":"theirs"}""", answer.Body);
        Assert.Single(engines.Bodies);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(3, 1, 2)]
    [InlineData(3, 2, 3)]
    [InlineData(3, 0, 1)]
    [InlineData(2, 5, 2)]
    [InlineData(1, 1, 1)]
    public async Task EveryEndpointResets_ClientIsToldNotToSendItAgain(int endpoints, int afterSend, int asked)
    {
        await using var engines = new EngineGroup(endpoints, (connection, _) => ResetAsync(connection));
        await using TestGateway gateway = await engines.StartGatewayAsync($"--Gateway:Retry:AfterSend={afterSend}");

        RawMessage answer = await PostAsync(gateway, ChatBody.Unary);

        Assert.Equal((502, "upstream_unreachable", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        Assert.Equal((asked, asked), (engines.Bodies.Count, engines.Asked));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task NoRetriesAfterSend_TheFirstRefusalPasses()
    {
        await using var engines = new EngineGroup(2, (connection, _) => connection.SendAsync(Wire.Answer("503 Service Unavailable", "{}")));
        await using TestGateway gateway = await engines.StartGatewayAsync("--Gateway:Retry:AfterSend=0");

        Assert.Equal((503, "{}"), await PostAsync(gateway, ChatBody.Unary) is var answer ? (answer.Status, answer.Body) : default);
        Assert.Single(engines.Bodies);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task BodyTooLargeToBeKept_IsSentOnce(bool modelFirst, bool resets)
    {
        await using var engines = new EngineGroup(2, (connection, _) =>
            resets ? ResetAsync(connection) : connection.SendAsync(Wire.Answer("503 Service Unavailable", "{}")));
        await using TestGateway gateway = await engines.StartGatewayAsync("--Gateway:Limits:ReplayBytes=100000");

        RawMessage answer = await PostAsync(gateway, modelFirst ? ChatBody.ModelFirst(100_000) : ChatBody.ModelLast(100_000));

        Assert.Equal(resets ? 502 : 503, answer.Status);
        Assert.Equal(resets ? "false" : null, answer.Header("x-should-retry"));
        Assert.Single(engines.Bodies);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BodyJustSmallEnoughToBeKept_IsSentAgainWhole(bool chunked)
    {
        await using var engines = new EngineGroup(2, (connection, number) =>
            number == 1 ? ResetAsync(connection) : connection.SendAsync(Wire.Answer("200 OK", Fine)));
        await using TestGateway gateway = await engines.StartGatewayAsync();
        string body = ChatBody.ModelFirst((1024 * 1024) - ChatBody.ModelFirst(0).Length);
        Assert.Equal(1024 * 1024, body.Length);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync(chunked
            ? Wire.RequestHead("Transfer-Encoding: chunked") + Wire.Chunk(body) + Wire.LastChunk
            : Wire.RequestHead(body.Length) + body);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        string expected = body.Replace(",\"owned_by\":\"vllm\"", "", StringComparison.Ordinal);
        Assert.True(engines.Bodies is [var first, var second] && first == expected && second == expected, "both got the same bytes");
        await gateway.SettlesAsync();
    }

    private static Task ResetAsync(RawConnection connection)
    {
        connection.Reset();
        return Task.CompletedTask;
    }

    private static async Task<RawMessage> PostAsync(TestGateway gateway, string body)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, body);
        return await RawMessage.ReadAsync(client);
    }
}
