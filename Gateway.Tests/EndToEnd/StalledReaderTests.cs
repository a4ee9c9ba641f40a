using System.Text;
using Gateway.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Streams whose client has stopped reading, so that everything on the way is full when the stream has to end.</summary>
public sealed class StalledReaderTests
{
    private const string Path = "/v1/chat/completions";

    private static readonly string Event = Wire.Event("a token of some length");

    // Many small chunks, so that a read seldom ends within an event.
    private static readonly byte[] Tokens = Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(Wire.Chunk(Event), 1000)));

    private readonly ManualClock _clock = new();
    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task ClientThatReadsNothingForTheIdleTime_IsGivenUp_AndTheEngineIsFree()
    {
        await using var engine = new EngineGroup(1, (connection, _) => FloodAsync(connection));
        await using TestGateway gateway = await engine.StartGatewayAsync(_clock, "--Gateway:Timeouts:Idle=00:05:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        await _stuck.Task.SoonAsync();

        await _clock.AdvanceUntilAsync(() => gateway.RequestsRunning == 0, "the request is over");

        await _left.Task.SoonAsync();
        Assert.DoesNotContain(Wire.LastChunk, await client.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClientThatReadsOnWhenTimeIsUp_GetsAllThatCame_AndTheLastEvent(bool drains)
    {
        await using var engine = new EngineGroup(1, (connection, _) => FloodAsync(connection));
        await using TestGateway gateway = await engine.StartGatewayAsync(
            _clock, "--Gateway:Drain:Timeout=00:00:00", "--Gateway:Timeouts:Total=01:00:00", "--Gateway:Timeouts:Idle=10:00:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        await _stuck.Task.SoonAsync();

        Task drained = Task.CompletedTask;
        if (drains)
            drained = DrainAsync(gateway);
        else
            _clock.Advance(TimeSpan.FromHours(1));
        await client.ReadHeadAsync();
        string answer = await client.ReadToEndAsync();
        Assert.False(client.WasReset);
        Assert.DoesNotContain(Wire.LastChunk, answer, StringComparison.Ordinal);
        string stream = Wire.WithoutFraming(answer);


        int lastEvent = stream.IndexOf("data: {", StringComparison.Ordinal);
        string tokens = lastEvent < 0 ? stream : stream[..lastEvent];
        Assert.True(tokens == string.Concat(Enumerable.Repeat(Event, (tokens.Length / Event.Length) + 1))[..tokens.Length], "Bytes were lost.");

        // Within an event there is no room for another.
        Assert.Equal(tokens.Length % Event.Length == 0, lastEvent >= 0);
        if (lastEvent >= 0)
            Assert.Contains($"\"code\":\"{(drains ? "shutting_down" : "upstream_timeout")}\"", stream[lastEvent..], StringComparison.Ordinal);
        await drained.SoonAsync();
        await _left.Task.SoonAsync();
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task ClientThatNeverReads_IsCutASecondAfterTheDrain()
    {
        await using var engine = new EngineGroup(1, (connection, _) => FloodAsync(connection));
        await using TestGateway gateway = await engine.StartGatewayAsync(_clock, "--Gateway:Drain:Timeout=00:00:00");
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Stream);
        await _stuck.Task.SoonAsync();

        Task drained = DrainAsync(gateway);
        await _clock.UntilWaitedForAsync(left => left == TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(1));

        await drained.SoonAsync();
        await gateway.SettlesAsync();
        Assert.DoesNotContain(Wire.LastChunk, await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientThatReadsOn_AfterItsEngineDied_GetsNoCleanEnd()
    {
        await using var engine = new EngineGroup(1, async (connection, _) =>
        {
            Task flood = FloodAsync(connection);
            await _stuck.Task;
            connection.Reset();
            await flood;
        });
        await using TestGateway gateway = await engine.StartGatewayAsync();
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);

        await client.PostAsync(Path, ChatBody.Stream);
        await _left.Task.SoonAsync();

        Assert.DoesNotContain(Wire.LastChunk, await client.ReadToEndAsync(), StringComparison.Ordinal);
        await gateway.SettlesAsync();
    }

    private async Task FloodAsync(RawConnection connection)
    {
        try
        {
            await connection.SendAsync(Wire.StreamHead);
            while (true)
            {
                Task sending = connection.SendAsync(Tokens);

                // Only decides when the test goes on: taken for stuck too early, the engine just writes on.
                if (await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(300))) != sending)
                    _stuck.TrySetResult();
                await sending;
            }
        }
        finally
        {
            _left.TrySetResult();
        }
    }

    private static Task DrainAsync(TestGateway gateway) =>
        gateway.Services.GetRequiredService<DrainSequence>().RunAsync(skipDelay: true, TestContext.Current.CancellationToken);
}
