using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>The way out of service of the real process, by real signals.</summary>
[Collection(GatewayProcess.Turns)]
public sealed class DrainProcessTests : IAsyncLifetime
{
    private const string Chunk = "data: {\"choices\":[]}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string LastChunk = "0\r\n\r\n";
    private const string Stream = """{"model":"m","stream":true}""";

    // Longer than any test waits: only what is tested can end it.
    private const string Never = "01:00:00";

    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ScriptedEngine _engine = null!;

    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such signals on Windows.");
        _engine = ScriptedEngine.Start(AnswerAsync);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _goOn.TrySetResult();
        if (_engine is not null)
            await _engine.DisposeAsync();
    }

    [Fact]
    public async Task FirstSignal_EndsReadiness_ButRequestsAreServed_AndTheirConnectionsClosed_UntilTheSecond()
    {
        await using GatewayProcess gateway = await StartAsync(delay: Never, timeout: Never);
        using RawConnection kept = await RawConnection.OpenAsync(gateway.Url);
        await kept.PostAsync("/v1/chat/completions", """{"model":"m"}""");
        Assert.DoesNotContain("Connection: close", await ReadAnswerAsync(kept), StringComparison.OrdinalIgnoreCase);

        gateway.Child.SendTerminate();
        await gateway.UntilAsync("/ready", HttpStatusCode.ServiceUnavailable);

        Assert.Equal(HttpStatusCode.OK, await gateway.StatusAsync("/health"));
        await kept.PostAsync("/v1/chat/completions", """{"model":"m"}""");
        Assert.Contains("Connection: close", await ReadAnswerAsync(kept), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", await kept.ReadToEndAsync());
        using HttpResponseMessage onNewConnection = await gateway.ChatAsync("m");
        Assert.Equal(HttpStatusCode.OK, onNewConnection.StatusCode);
        Assert.True(onNewConnection.Headers.ConnectionClose);

        using RawConnection stream = await BeginStreamAsync(gateway);
        gateway.Child.SendTerminate();
        string rest = await stream.ReadToEndAsync();
        Assert.DoesNotContain(LastChunk, rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        Assert.Equal(0, await gateway.Child.ExitAsync());
    }

    [Fact]
    public async Task AfterTheDelay_NewRequestsAreRefused_AndARunningStreamCompletes()
    {
        await using GatewayProcess gateway = await StartAsync(delay: "00:00:01", timeout: Never);
        using RawConnection stream = await BeginStreamAsync(gateway);

        gateway.Child.SendTerminate();
        HttpResponseMessage answer;
        while ((answer = await gateway.ChatAsync("m")).StatusCode == HttpStatusCode.OK)
            answer.Dispose();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        JsonElement refusal = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("shutting_down", refusal.GetProperty("error").GetProperty("code").GetString());
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        answer.Dispose();
        Assert.Equal(HttpStatusCode.OK, await gateway.StatusAsync("/health"));
        Assert.False(gateway.Child.HasExited);

        _goOn.SetResult();
        string rest = await stream.ReadToEndAsync();
        Assert.Contains(Done, rest, StringComparison.Ordinal);
        Assert.EndsWith(LastChunk, rest, StringComparison.Ordinal);
        Assert.Equal(0, await gateway.Child.ExitAsync());
    }

    [Fact]
    public async Task IdleProcess_ExitsAsSoonAsTheDelayIsOver()
    {
        await using GatewayProcess gateway = await StartAsync(delay: "00:00:02", timeout: Never);
        using RawConnection idle = await RawConnection.OpenAsync(gateway.Url);
        long signalled = Stopwatch.GetTimestamp();

        gateway.Child.SendTerminate();
        int exitCode = await gateway.Child.ExitAsync();

        Assert.Equal(0, exitCode);
        Assert.True(Stopwatch.GetElapsedTime(signalled) > TimeSpan.FromSeconds(1.9), "It did not wait for load balancers to notice.");
    }

    [Fact]
    public async Task AfterTheTimeout_AStreamGetsALastEvent_ThatIsNoEnd_AndAWaitingRequestAnError()
    {
        await using GatewayProcess gateway = await StartAsync(delay: "00:00:00", timeout: "00:00:02");
        using RawConnection stream = await BeginStreamAsync(gateway);
        using RawConnection waiting = await RawConnection.OpenAsync(gateway.Url);
        await waiting.PostAsync("/v1/chat/completions", """{"model":"m","wait":true}""");
        await TestTime.UntilAsync(() => _engine.Requests == 2, "the waiting request to reach the engine");

        gateway.Child.SendTerminate();
        string rest = await stream.ReadToEndAsync();
        string refused = await waiting.ReadToEndAsync();

        Assert.Contains("""data: {"error":{"message":""", rest, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"shutting_down\"}}\n\n", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", rest, StringComparison.Ordinal);
        Assert.False(rest.EndsWith(LastChunk, StringComparison.Ordinal), "The cut looks like an end.");
        Assert.StartsWith("HTTP/1.1 503 ", refused, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"shutting_down\"", refused, StringComparison.Ordinal);
        Assert.Equal(0, await gateway.Child.ExitAsync());
    }

    [Fact]
    public async Task InterruptFromATerminal_DoesNotWaitForLoadBalancers()
    {
        ChildProcess.SkipWhenInterruptIsIgnored();
        await using GatewayProcess gateway = await StartAsync(delay: Never, timeout: Never);

        gateway.Child.SendInterrupt();

        Assert.Equal(0, await gateway.Child.ExitAsync());
    }

    private async Task<GatewayProcess> StartAsync(string delay, string timeout)
    {
        GatewayProcess gateway = await GatewayProcess.StartAsync(
            "--engine", _engine.Url.ToString(), "--Gateway:Drain:Delay", delay, "--Gateway:Drain:Timeout", timeout);
        await gateway.ReadyAsync();
        return gateway;
    }

    private static async Task<RawConnection> BeginStreamAsync(GatewayProcess gateway)
    {
        RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync("/v1/chat/completions", Stream);
        Assert.StartsWith("HTTP/1.1 200 ", await client.ReadHeadAsync(), StringComparison.Ordinal);
        await client.ReadUntilAsync(Chunk);
        return client;
    }

    private static async Task<string> ReadAnswerAsync(RawConnection client)
    {
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        await client.ReadAsync(ScriptedEngine.LengthOf(head));
        return head;
    }

    /// <summary>Streams one event and, when the test says so, the rest; lets wait who asks for it; answers all others at once.</summary>
    private async Task AnswerAsync(RawConnection gateway, string head)
    {
        string body = await gateway.ReadAsync(ScriptedEngine.LengthOf(head));
        if (body == Stream)
        {
            await gateway.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            await gateway.SendAsync($"{Chunk.Length:x}\r\n{Chunk}\r\n");
            await _goOn.Task;
            await gateway.SendAsync($"{Done.Length:x}\r\n{Done}\r\n{LastChunk}");
        }
        else if (body.Contains("wait", StringComparison.Ordinal))
        {
            await _goOn.Task;
        }
        else
        {
            await gateway.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        }
    }
}
