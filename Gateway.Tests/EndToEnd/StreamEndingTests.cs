using System.Text.Json;
using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Streams that the gateway has to end early, as HTTP/1.1 clients see them: one last event where there can be one, and never a clean end.</summary>
public sealed class StreamEndingTests
{
    private static readonly string[] Prompt = ["--Gateway:Drain:Delay=00:00:00", "--Gateway:Drain:Timeout=00:00:00"];

    public enum Cause
    {
        Reset,
        Closed,
        Idle,
        Total,
        Drain,
    }

    public static MatrixTheoryData<Cause, string> Endings { get; } = new(
        [Cause.Reset, Cause.Closed, Cause.Idle, Cause.Drain], ["/v1/chat/completions", "/v1/completions", "/v1/messages", "/v1/responses"]);

    [Theory]
    [MemberData(nameof(Endings))]
    [InlineData(Cause.Total, "/v1/chat/completions")]
    public async Task BrokenBetweenEvents_EndsWithAnErrorEventOfThatApi(Cause cause, string path)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string begin = Wire.Event("""{"sequence_number":41}""");
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            await connection.SendAsync(Wire.StreamHead + Wire.Chunk(begin));
            await broken.Task;
            await BreakAsync(connection, cause);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(ArgumentsFor(cause), engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(path, ChatBody.Stream);
        await client.ReadHeadAsync();
        await client.ReadUntilAsync("41");
        broken.SetResult();
        Task drained = cause == Cause.Drain ? DrainAsync(gateway) : Task.CompletedTask;
        string rest = await client.ReadToEndAsync();

        Assert.EndsWith("\n\n\r\n", rest, StringComparison.Ordinal);
        string[] lastEvent = rest[..^"\n\n\r\n".Length].Split("\n\n")[^1].Split('\n');
        AssertIsError(path, CodeOf(cause), lastEvent[^2].Split("\r\n")[^1], lastEvent[^1].Split("\r\n")[^1]);
        await drained.SoonAsync();
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Cause.Reset)]
    [InlineData(Cause.Closed)]
    [InlineData(Cause.Idle)]
    [InlineData(Cause.Drain)]
    public async Task BrokenBeforeTheFirstEvent_EndsWithAnErrorEvent(Cause cause)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            await connection.SendAsync(Wire.StreamHead);
            await broken.Task;
            await BreakAsync(connection, cause);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(ArgumentsFor(cause), engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", ChatBody.Stream);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        broken.SetResult();
        Task drained = cause == Cause.Drain ? DrainAsync(gateway) : Task.CompletedTask;
        string rest = await client.ReadToEndAsync();

        Assert.Contains("data: {\"error\":", rest, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{CodeOf(cause)}\"", rest, StringComparison.Ordinal);
        Assert.EndsWith("\n\n\r\n", rest, StringComparison.Ordinal);
        await drained.SoonAsync();
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(Cause.Reset, "data: {\"half\":")]
    [InlineData(Cause.Closed, "data: {\"half\":")]
    [InlineData(Cause.Idle, "data: {\"half\":")]
    [InlineData(Cause.Drain, "data: {\"half\":")]
    [InlineData(Cause.Reset, "data: {\"whole\":1}\n")]
    [InlineData(Cause.Reset, "data: {\"whole\":1}\r\n")]
    public async Task BrokenInAnEvent_EndsWithoutAnother(Cause cause, string half)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string sent = Wire.Event("whole") + half;
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            await connection.SendAsync(Wire.StreamHead + Wire.Chunk(sent));
            await broken.Task;
            await BreakAsync(connection, cause);
        });
        await using TestGateway gateway = await TestGateway.StartAsync(ArgumentsFor(cause), engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", ChatBody.Stream);
        await client.ReadHeadAsync();
        await client.ReadUntilAsync(half);
        broken.SetResult();
        Task drained = cause == Cause.Drain ? DrainAsync(gateway) : Task.CompletedTask;

        Assert.Equal("\r\n", await client.ReadToEndAsync());
        await drained.SoonAsync();
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData("data: a\r\n\r\n")]
    [InlineData("data: a\r\r")]
    [InlineData(": a comment\n\n")]
    public async Task OtherEndsOfAnEvent_AreKnown(string sent)
    {
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, head) =>
        {
            await connection.ReadAsync(ScriptedEngine.LengthOf(head));
            await connection.SendAsync(Wire.StreamHead + Wire.Chunk(sent[..^1]) + Wire.Chunk(sent[^1..]));
            await broken.Task;
            connection.Reset();
        });
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync("/v1/chat/completions", ChatBody.Stream);
        await client.ReadHeadAsync();
        broken.SetResult();

        Assert.Contains("data: {\"error\":", await client.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    private static string[] ArgumentsFor(Cause cause) => cause switch
    {
        Cause.Idle => ["--Gateway:Timeouts:Idle=00:00:01"],
        Cause.Total => ["--Gateway:Timeouts:Total=00:00:03"],
        Cause.Drain => Prompt,
        _ => [],
    };

    private static string CodeOf(Cause cause) => cause switch
    {
        Cause.Idle or Cause.Total => "upstream_timeout",
        Cause.Drain => "shutting_down",
        _ => "upstream_disconnected",
    };

    private static async Task BreakAsync(RawConnection connection, Cause cause)
    {
        if (cause is Cause.Reset)
            connection.Reset();
        else if (cause is Cause.Closed)
            connection.Dispose();

        // Over the total time also an engine goes that never stops.
        while (cause == Cause.Total)
        {
            await connection.SendAsync(Wire.Token("more"));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        if (cause is Cause.Idle or Cause.Drain)
            await connection.ReadToEndAsync();
    }

    private static Task DrainAsync(TestGateway gateway) =>
        gateway.Services.GetRequiredService<DrainSequence>().RunAsync(skipDelay: true, TestContext.Current.CancellationToken);

    private static void AssertIsError(string path, string code, string lineBefore, string line)
    {
        Assert.StartsWith("data: ", line, StringComparison.Ordinal);
        JsonElement data = JsonElement.Parse(line["data: ".Length..]);
        switch (path)
        {
            case "/v1/messages":
                Assert.Equal("event: error", lineBefore);
                Assert.Equal("error", data.GetProperty("type").GetString());
                Assert.Equal("api_error", data.GetProperty("error").GetProperty("type").GetString());
                Assert.NotEmpty(data.GetProperty("error").GetProperty("message").GetString()!);
                break;
            case "/v1/responses":
                Assert.Equal("event: error", lineBefore);
                Assert.Equal(("error", code), (data.GetProperty("type").GetString(), data.GetProperty("code").GetString()));
                Assert.Equal(JsonValueKind.Null, data.GetProperty("param").ValueKind);
                Assert.Equal(42, data.GetProperty("sequence_number").GetInt32());
                break;
            default:
                JsonElement error = data.GetProperty("error");
                Assert.Equal(("server_error", code), (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()));
                Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
                Assert.NotEmpty(error.GetProperty("message").GetString()!);
                break;
        }
    }
}
