using System.Text.Json;
using Gateway.Hosting;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>What goes wrong after a comment has gone out: the status is 200 by then, so it becomes the last event, and never a clean end.</summary>
public sealed class KeepAliveErrorTests
{
    private const string Chat = "/v1/chat/completions";
    private const string EngineError = "{\n  \"error\": {\"message\": \"too long\", \"type\": \"BadRequestError\",\r\n  \"param\": null, \"code\": 400}\n}";

    private readonly KeepAliveClock _clock = new();
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TheoryData<string> Paths { get; } = new(Chat, "/v1/completions", "/v1/messages", "/v1/responses");

    [Theory]
    [InlineData(Chat, """data: {"error":{"message":"too long","type":"BadRequestError","param":null,"code":400}}""")]
    [InlineData("/v1/messages", "event: error\n" + """data: {"error":{"message":"too long","type":"BadRequestError","param":null,"code":400}}""")]
    [InlineData("/v1/responses", "event: error\n" + """data: {"type":"error","code":"400","message":"too long","param":null,"sequence_number":0}""")]
    public async Task ErrorOfAnEngine_BecomesTheLastEvent(string path, string lastEvent)
    {
        string rest = await EndAsync(path, connection => connection.SendAsync(Wire.Answer("400 Bad Request", EngineError)));

        Assert.Equal(lastEvent + "\n\n", rest);
    }

    [Theory]
    [InlineData("422 Unprocessable Content", "not JSON", "answered 422")]
    [InlineData("500 Internal Server Error", "", "answered 500")]
    [InlineData("400 Bad Request", """{"detail":"no error"}""", "answered 400")]
    [InlineData("400 Bad Request", """{"error":null}""", "answered 400")]
    [InlineData("400 Bad Request", """{"error":"\ud800"}""", "answered 400")]
    [InlineData("302 Found", "", "answered 302")]
    [InlineData("200 OK", """{"error":"not even an error"}""", "did not answer with a stream of events")]
    public Task AnswerInAnotherShape_BecomesAnErrorThatNamesIt(string status, string body, string message) =>
        AssertNamesAsync(message, connection => connection.SendAsync(Wire.Answer(status, body)));

    [Fact]
    public Task ErrorThatIsTooLarge_BecomesAnErrorThatNamesItsStatus() => AssertNamesAsync(
        "answered 400",
        connection => connection.SendAsync(Wire.Answer("400 Bad Request", "{\"error\":\"" + new string('x', 64 * 1024) + "\"}")));

    [Fact]
    public Task ErrorThatBreaks_BecomesAnErrorThatNamesItsStatus() => AssertNamesAsync("answered 500", async connection =>
    {
        await connection.SendAsync("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\n\r\n{\"error\":");
        connection.Reset();
    });

    [Theory]
    [InlineData("Content-Encoding: gzip\r\n", "200 OK")]
    [InlineData("", "400 Bad Request")]
    public Task EventsThatCantFollow_BecomeAnError(string header, string status) => AssertNamesAsync(
        "The engine 'vllm'",
        connection => connection.SendAsync(
            $"HTTP/1.1 {status}\r\nContent-Type: text/event-stream\r\n{header}Content-Length: 9\r\n\r\ndata: a\n\n"));

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task EngineThatDiesBeforeItsHead_IsAnErrorOfThatApi(string path)
    {
        string rest = await EndAsync(path, connection =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });

        AssertIs(path, "upstream_unreachable", rest);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task EngineThatDiesBehindItsHead_IsAnErrorOfThatApi(string path)
    {
        string rest = await EndAsync(path, async connection =>
        {
            await connection.SendAsync(Wire.StreamHead);
            connection.Dispose();
        });

        AssertIs(path, "upstream_disconnected", rest);
    }

    [Fact]
    public async Task TimeThatIsOver_IsTheLastEvent()
    {
        await using ScriptedEngine engine = StartEngine(connection => connection.ReadToEndAsync());
        await using TestGateway gateway = await _clock.StartGatewayAsync(["--Gateway:Timeouts:Total=00:05:00"], engine);
        using RawConnection client = await BeginAsync(gateway, Chat);
        _goOn.SetResult();

        _clock.Advance(TimeSpan.FromMinutes(5));

        AssertIs(Chat, "upstream_timeout", (await EndOfAsync(client)).Replace(": keep-alive\n\n", "", StringComparison.Ordinal));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task DrainTimeOver_IsTheLastEvent()
    {
        await using ScriptedEngine engine = StartEngine(connection => connection.ReadToEndAsync());
        await using TestGateway gateway = await _clock.StartGatewayAsync(["--Gateway:Drain:Timeout=00:00:00"], engine);
        using RawConnection client = await BeginAsync(gateway, Chat);
        _goOn.SetResult();

        Task drained = gateway.Services.GetRequiredService<DrainSequence>().RunAsync(skipDelay: true, TestContext.Current.CancellationToken);

        AssertIs(Chat, "shutting_down", await EndOfAsync(client));
        await drained.SoonAsync();
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Chat, "rate_limit_error")]
    [InlineData("/v1/messages", "rate_limit_error")]
    public async Task QueueTimeOver_IsTheLastEvent(string path, string type)
    {
        await using ScriptedEngine engine = StartEngine(connection => connection.SendAsync(Wire.Answer("200 OK", "{}")));
        await using TestGateway gateway = await _clock.StartGatewayAsync(
            ["--Gateway:Limits:MaxInFlight=1", "--Gateway:Limits:MaxQueue=1", "--Gateway:Limits:QueueTimeout=00:05:00"], engine);
        using Measured measured = gateway.Measure();
        using RawConnection first = await RawConnection.OpenAsync(gateway.Url);
        await first.PostAsync(Chat, ChatBody.Unary);
        await TestTime.UntilAsync(() => engine.Requests == 1, "the first is being worked on");
        using RawConnection second = await BeginAsync(gateway, path);

        _clock.Advance(TimeSpan.FromMinutes(5));
        string rest = (await EndOfAsync(second)).Replace(": keep-alive\n\n", "", StringComparison.Ordinal);
        _goOn.SetResult();

        JsonElement data = JsonElement.Parse(rest[(rest.IndexOf("data: ", StringComparison.Ordinal) + "data: ".Length)..]);
        Assert.Equal(type, data.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal(200, (await RawMessage.ReadAsync(first)).Status);
        Assert.Equal(["1 {reason=rejected-ttl-expired}"], measured.Of("gateway.requests.dropped"));
        await gateway.SettlesAsync();
    }

    private async Task AssertNamesAsync(string message, Func<RawConnection, Task> answer)
    {
        string rest = await EndAsync(Chat, answer);

        AssertIs(Chat, "upstream_error", rest);
        Assert.Contains(message, rest, StringComparison.Ordinal);
    }

    private async Task<string> EndAsync(string path, Func<RawConnection, Task> answer)
    {
        await using ScriptedEngine engine = StartEngine(answer);
        await using TestGateway gateway = await _clock.StartGatewayAsync(["--Gateway:Retry:AfterSend=0"], engine);
        using RawConnection client = await BeginAsync(gateway, path);
        _goOn.SetResult();
        string rest = await EndOfAsync(client);
        await gateway.SettlesAsync();
        return rest;
    }

    private async Task<RawConnection> BeginAsync(TestGateway gateway, string path)
    {
        RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(path, ChatBody.Stream);
        Assert.Equal(200, (await _clock.CommentAsync(client, times: 2)).Status);
        return client;
    }

    // Without the framing, which must not end.
    private static async Task<string> EndOfAsync(RawConnection client)
    {
        string rest = await client.ReadToEndAsync();
        Assert.DoesNotContain(Wire.LastChunk, rest, StringComparison.Ordinal);
        return Wire.WithoutFraming(rest);
    }

    private ScriptedEngine StartEngine(Func<RawConnection, Task> answer) => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        await _goOn.Task;
        await answer(connection);
    });

    private static void AssertIs(string path, string code, string rest)
    {
        bool isNamed = path is "/v1/messages" or "/v1/responses";
        string begin = isNamed ? "event: error\ndata: " : "data: ";
        Assert.StartsWith(begin, rest, StringComparison.Ordinal);
        JsonElement data = JsonElement.Parse(rest[begin.Length..]);
        if (isNamed)
            Assert.Equal("error", data.GetProperty("type").GetString());
        if (path == "/v1/messages")
            Assert.Equal("api_error", data.GetProperty("error").GetProperty("type").GetString());
        else if (path == "/v1/responses")
            Assert.Equal((code, 0), (data.GetProperty("code").GetString(), data.GetProperty("sequence_number").GetInt32()));
        else
            Assert.Equal((code, "server_error"), (data.GetProperty("error").GetProperty("code").GetString(), data.GetProperty("error").GetProperty("type").GetString()));
    }
}
