using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.EndToEnd;

/// <summary>A client that resets one stream of its HTTP/2 connection: the engine of that one is free, and the other streams go on.</summary>
public sealed class Http2DepartureTests : IDisposable
{
    private const string Path = "/v1/chat/completions";

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cancel = new();

    public enum Moment
    {
        WaitingForHead,
        BeforeFirstToken,
        BetweenTokens,
        WhileTokensFlow,
    }

    [Theory]
    [InlineData(Moment.WaitingForHead)]
    [InlineData(Moment.BeforeFirstToken)]
    [InlineData(Moment.BetweenTokens)]
    [InlineData(Moment.WhileTokensFlow)]
    public async Task ResetOfOneStream_ClosesItsEngineConnectionAndLeavesTheOtherStreams(Moment moment)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start((connection, head) =>
            head.Contains("x-stays", StringComparison.OrdinalIgnoreCase) ? StayAsync(connection, head) : DepartAsync(connection, head, moment));
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}");
        using var client = new Http2Client(gateway.Url);

        var stays = new StringContent(ChatBody.Stream);
        stays.Headers.ContentType = new("application/json");
        stays.Headers.Add("x-stays", "yes");
        using HttpResponseMessage staying = await client.PostAsync(Path, stays, TestContext.Current.CancellationToken);
        var stayingReader = new AnswerReader(staying);
        await stayingReader.ReadUntilAsync("before");

        Task<HttpResponseMessage> leaving = client.PostAsync(Path, ChatBody.Stream, _cancel.Token);
        if (moment == Moment.WaitingForHead)
        {
            await _reached.Task.SoonAsync();
            await _cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        }
        else
        {
            using HttpResponseMessage answer = await leaving;
            if (moment > Moment.BeforeFirstToken)
                await new AnswerReader(answer).ReadUntilAsync("token");
            await _reached.Task.SoonAsync();
        }

        await _left.Task.SoonAsync();
        await TestTime.UntilAsync(() => gateway.InFlight == 1, "only the other request is in flight");
        _goOn.SetResult();
        Assert.Null((await stayingReader.ReadToEndAsync()).Failure);
        await stayingReader.ReadUntilAsync("after");
        await gateway.SettlesAsync();
    }

    [Theory]
    [InlineData(1_000, false)]
    [InlineData(4_000_000, false)]
    [InlineData(4_000_000, true)]
    public async Task ResetOfOneStreamInItsUpload_LeavesNothingBehind(int length, bool modelFirst)
    {
        await using ScriptedEngine engine = ScriptedEngine.Start(async (connection, _) =>
        {
            await connection.ReadToEndAsync();
            _left.SetResult();
        });
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}");
        using var client = new Http2Client(gateway.Url);
        string body = modelFirst ? ChatBody.ModelFirst(length) : ChatBody.ModelLast(length);

        Task<HttpResponseMessage> sending = client.PostAsync(Path, new StalledContent(body, length / 2), _cancel.Token);
        await TestTime.UntilAsync(() => modelFirst ? engine.Requests == 1 : gateway.BytesHeld >= length / 2, "the first half arrives");
        await _cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);

        await gateway.SettlesAsync();
        if (modelFirst)
            await _left.Task.SoonAsync();
        Assert.Equal(modelFirst ? 1 : 0, engine.Requests);
    }

    public void Dispose() => _cancel.Dispose();

    private async Task StayAsync(RawConnection connection, string head)
    {
        await connection.ReadAsync(ScriptedEngine.LengthOf(head));
        await connection.SendAsync(Wire.StreamHead + Wire.Token("before"));
        await _goOn.Task;
        await connection.SendAsync(Wire.Token("after") + Wire.LastChunk);
    }

    private async Task DepartAsync(RawConnection connection, string head, Moment moment)
    {
        await connection.ReadAsync(ScriptedEngine.LengthOf(head));
        if (moment >= Moment.BeforeFirstToken)
            await connection.SendAsync(Wire.StreamHead);
        if (moment >= Moment.BetweenTokens)
            await connection.SendAsync(Wire.Token("token"));
        _reached.SetResult();
        try
        {
            while (moment == Moment.WhileTokensFlow)
                await connection.SendAsync(Wire.Token("token"));
        }
        catch (SocketException)
        {
            // The gateway has left.
        }

        await connection.ReadToEndAsync();
        _left.SetResult();
    }

    /// <summary>Sends the beginning of a body and then nothing more.</summary>
    private sealed class StalledContent : HttpContent
    {
        private readonly byte[] _begin;
        private readonly int _length;

        public StalledContent(string body, int until)
        {
            _begin = System.Text.Encoding.UTF8.GetBytes(body[..until]);
            _length = body.Length;
            Headers.ContentType = new("application/json");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _length;
            return true;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, TestContext.Current.CancellationToken);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(_begin, cancellationToken);
            await stream.FlushAsync(cancellationToken);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
