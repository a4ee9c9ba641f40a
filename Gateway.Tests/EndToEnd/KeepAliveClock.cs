namespace Gateway.Tests.EndToEnd;

/// <summary>A gateway whose streams are kept alive, and whose time passes when a test says so: comments come one by one.</summary>
internal sealed class KeepAliveClock
{
    /// <summary>Nothing else in the gateway waits for as long as this.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(7);

    /// <summary>A comment in a chunk of its own.</summary>
    public static readonly string Comment = Wire.Chunk(": keep-alive\n\n");

    private readonly ManualClock _clock = new();

    public Task<TestGateway> StartGatewayAsync(string[] arguments, params ScriptedEngine[] engines) =>
        TestGateway.StartAsync(_clock, ["--Gateway:Streams:KeepAlive=00:00:07", .. arguments], engines);

    public void Advance(TimeSpan by) => _clock.Advance(by);

    /// <summary>Lets the time for the next comment come.</summary>
    public async Task TickAsync()
    {
        await _clock.UntilWaitedForAsync(left => left == Interval, TestContext.Current.CancellationToken);
        _clock.Advance(Interval);
    }

    /// <summary>Lets some comments come; returns with the head of the answer when the client has the last one.</summary>
    public async Task<RawMessage> CommentAsync(RawConnection client, int times)
    {
        string head = "";
        for (int i = 0; i < times; i++)
        {
            await TickAsync();
            if (i == 0)
                head = await client.ReadHeadAsync();
            Assert.Equal(Comment, await client.ReadAsync(Comment.Length));
        }

        return new RawMessage(head, "");
    }
}
