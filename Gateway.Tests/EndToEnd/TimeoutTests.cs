using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Each timer ends what it is for, and leaves alone what is not.</summary>
public sealed class TimeoutTests
{
    private const string Path = "/v1/chat/completions";
    private const int MiB = 1024 * 1024;

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
            await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
            await connection.SendAsync(Wire.Answer("200 OK", "{}"));
        });
        await using TestGateway gateway = await engine.StartGatewayAsync($"--Gateway:Timeouts:{timer}=00:00:01");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, body);

        Assert.Equal(200, (await RawMessage.ReadAsync(client)).Status);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnswerThatTrickles_OutlivesTheIdleTime()
    {
        const int Pieces = 10;
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            foreach (char sign in $"HTTP/1.1 200 OK\r\nContent-Length: {Pieces}\r\n\r\n")
                await connection.SendAsync($"{sign}");
            for (int i = 0; i < Pieces; i++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(400), TestContext.Current.CancellationToken);
                await connection.SendAsync("x");
            }
        });
        await using TestGateway gateway = await engine.StartGatewayAsync("--Gateway:Timeouts:Idle=00:00:03");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);

        Assert.Equal(new string('x', Pieces), (await RawMessage.ReadAsync(client)).Body);
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ClientThatIsSlowToRead_IsNotTheEnginesFault()
    {
        const int Length = 32 * MiB;
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Length}\r\n\r\n");
            byte[] piece = new byte[MiB];
            for (int i = 0; i < Length / MiB; i++)
                await connection.SendAsync(piece);
        });
        await using TestGateway gateway = await engine.StartGatewayAsync("--Gateway:Timeouts:Idle=00:00:02");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Unary);
        await client.ReadHeadAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        Assert.Equal(Length, (await client.ReadAsync(Length)).Length);
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
}
