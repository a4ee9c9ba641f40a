using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Each timer ends what it is for, and leaves alone what is not.</summary>
public sealed class TimeoutTests : IDisposable
{
    private const string Path = "/v1/chat/completions";
    private const int MiB = 1024 * 1024;

    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _goOn = new(0);

    [Theory]
    [InlineData(ChatBody.Stream, "FirstByte")]
    [InlineData(ChatBody.Unary, "FirstByteUnary")]
    [InlineData(ChatBody.Unary, "Total")]
    public async Task NoHeadInTime_Is504_AndTheEngineIsLeft(string body, string timer)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.ReadToEndAsync();
            left.SetResult();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync($"--Gateway:Timeouts:{timer}=00:00:01");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, body);

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((504, "upstream_timeout", "false"), (answer.Status, answer.ErrorCode, answer.Header("x-should-retry")));
        await left.Task.SoonAsync();
        Assert.Single(engine.Bodies);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(ChatBody.Unary, "FirstByte")]
    [InlineData(ChatBody.Stream, "FirstByteUnary")]
    [InlineData(ChatBody.Unary, "Idle")]
    public async Task TimerOfAnotherPhase_DoesNotStrikeBeforeTheHead(string body, string timer)
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            _reached.SetResult();
            await _goOn.WaitAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync(Wire.Answer("200 OK", "{}"));
        });
        await using TestGateway gateway = await engine.StartGatewayAsync(_clock, $"--Gateway:Timeouts:{timer}=00:01:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, body);
        await _reached.Task.SoonAsync();
        _clock.Advance(TimeSpan.FromMinutes(2));
        _goOn.Release();

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnswerThatTrickles_OutlivesTheIdleTime()
    {
        const int Pieces = 10;
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
            for (int i = 0; i < Pieces; i++)
            {
                await connection.SendAsync($"{i}");
                await _goOn.WaitAsync(TestContext.Current.CancellationToken);
            }

            connection.Dispose();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync(_clock, "--Gateway:Timeouts:Idle=00:01:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Stream);
        await client.ReadHeadAsync();
        for (int i = 0; i < Pieces; i++)
        {
            await client.ReadUntilAsync($"\r\n{i}\r\n");
            _clock.Advance(TimeSpan.FromSeconds(59));
            _goOn.Release();
        }

        Assert.Equal(Wire.LastChunk, await client.ReadAsync(Wire.LastChunk.Length));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task TimeThatTheClientTakesToRead_IsNotTheEngines()
    {
        const int Length = 32 * MiB;
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Length + 1}\r\n\r\n");
            Task sending = connection.SendAsync(new byte[Length]);

            // Only decides when the clock moves: taken for stuck too early, the engine just writes on.
            await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(300)));
            _reached.SetResult();
            await sending;
            await _goOn.WaitAsync(TestContext.Current.CancellationToken);
            await connection.SendAsync("x");
        });
        await using TestGateway gateway = await engine.StartGatewayAsync(_clock, "--Gateway:Timeouts:Idle=00:01:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);
        await client.ReadHeadAsync();
        await _reached.Task.SoonAsync();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(Length, (await client.ReadAsync(Length)).Length);
        _clock.Advance(TimeSpan.FromSeconds(59));
        _goOn.Release();

        Assert.Equal("x", await client.ReadAsync(1));
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(ChatBody.Unary, true)]
    [InlineData(ChatBody.Stream, true)]
    [InlineData(ChatBody.Unary, false)]
    public async Task DrainTimeOver_BeforeTheHead_Is503(string body, bool isSentWhole)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            reached.SetResult();
            await connection.ReadToEndAsync();
        });
        await using TestGateway gateway = await engine.StartGatewayAsync("--Gateway:Drain:Timeout=00:00:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.SendAsync(Wire.RequestHead(body.Length) + (isSentWhole ? body : body[..10]));
        if (isSentWhole)
            await reached.Task.SoonAsync();
        else
            await TestTime.UntilAsync(() => gateway.BytesHeld == 10, "the upload has begun");
        await gateway.Services.GetRequiredService<DrainSequence>().RunAsync(skipDelay: true, TestContext.Current.CancellationToken).SoonAsync();

        RawMessage answer = await RawMessage.ReadAsync(client);
        Assert.Equal((503, "shutting_down"), (answer.Status, answer.ErrorCode));
        Assert.NotNull(answer.Header("Retry-After"));
        await gateway.SettlesAsync();
    }

    public void Dispose() => _goOn.Dispose();
}
