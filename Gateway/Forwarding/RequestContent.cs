using System.Net;
using Gateway.Peeking;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Forwarding;

/// <summary>
/// The body of one attempt: the client's bytes as the plan says, either held whole or passed on while they arrive. In the latter case the end is
/// held back until the body has been checked to its last byte; what turns out wrong then leaves the engine with an unfinished request.
/// </summary>
internal sealed class RequestContent : HttpContent
{
    // A body of this size fits the socket buffers of both sides: an engine that does not read it is found by the first-byte timer.
    private const long WatchedAbove = 64 * 1024;

    private readonly Exchange _exchange;
    private readonly long? _length;
    private readonly TaskCompletionSource? _finished;
    private bool _hasBegun;
    private bool _isAnswered;

    public RequestContent(Exchange exchange, bool isDuplex)
    {
        _exchange = exchange;
        long? received = exchange.StreamsUpload ? exchange.Context.Request.ContentLength : exchange.Body.Received;
        _length = received + exchange.Plan.LengthChange;
        if (isDuplex)
            _finished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Whether bytes of a body that is there only once may have gone out.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>What was found wrong with the body while it was passed on.</summary>
    public ForwardError? Error { get; private set; }

    /// <summary>What broke on the client's side while it was passed on.</summary>
    public Exception? ClientFailure { get; private set; }

    /// <summary>
    /// Completes when nothing reads the client's body any more. Over HTTP/2 an answer may begin, or the request fail, while the body is still
    /// being sent; over HTTP/1.1 sending has always ended by then.
    /// </summary>
    public Task Finished => _hasBegun && _finished is not null ? _finished.Task : Task.CompletedTask;

    protected override bool TryComputeLength(out long length)
    {
        length = _length.GetValueOrDefault();
        return _length.HasValue;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        _hasBegun = true;
        try
        {
            bool isWatched = _exchange.StreamsUpload || _exchange.Body.Received > WatchedAbove;
            if (isWatched)
                EnterPhase(DeadlineCause.IdleTimeout, _exchange.IdleLimit);

            using var writer = new SpliceWriter(stream, _exchange.Deadline);
            if (_exchange.StreamsUpload)
                await PassOnAsync(writer, cancellationToken);
            else
                await WriteHeldAsync(writer, cancellationToken);
            if (isWatched)
                EnterPhase(DeadlineCause.FirstByteTimeout, _exchange.FirstByteLimit);
        }
        finally
        {
            _finished?.TrySetResult();
        }
    }

    /// <summary>Says that the answer has begun: from now on its time counts, and not that of what is still being sent.</summary>
    public void EndPhases()
    {
        if (_finished is null)
            return;
        lock (_finished)
            _isAnswered = true;
    }

    private void EnterPhase(DeadlineCause cause, TimeSpan limit)
    {
        if (_finished is null)
        {
            _exchange.Deadline.Enter(cause, limit);
            return;
        }

        lock (_finished)
        {
            if (!_isAnswered)
                _exchange.Deadline.Enter(cause, limit);
        }
    }

    private async ValueTask WriteHeldAsync(SpliceWriter writer, CancellationToken cancellationToken)
    {
        RequestBody body = _exchange.Body;
        IsSpent = body.Received > _exchange.Settings.Limits.ReplayBytes;
        await writer.WriteAsync(body.Bytes, body.Start, body.Received, _exchange.Plan, cancellationToken);

        // Too large to be kept for a second attempt: it need not be held while the engine works on it.
        if (IsSpent)
            body.End();
    }

    private async ValueTask PassOnAsync(SpliceWriter writer, CancellationToken cancellationToken)
    {
        IsSpent = true;
        RequestBody body = _exchange.Body;
        JsonPeeker peeker = _exchange.JsonPeeker;
        while (true)
        {
            long settled = peeker.SettledTo;
            await writer.WriteAsync(body.Bytes, body.Start, settled, _exchange.Plan, cancellationToken);
            body.Release(settled - body.Start);
            if (peeker.IsDone)
                return;

            // A short write stays with the handler until there is more, and for that the client may take its time.
            await writer.FlushAsync(cancellationToken);
            int cuts = _exchange.Peek.Cuts.Length;
            await ReadOnAsync(cancellationToken);
            for (; cuts < _exchange.Peek.Cuts.Length; cuts++)
                _exchange.Plan.Blank(_exchange.Peek.Cuts[cuts]);
        }
    }

    private async ValueTask ReadOnAsync(CancellationToken cancellationToken)
    {
        // Kestrel's own minimum rate watches over a client that is slow to send.
        EnterPhase(DeadlineCause.IdleTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            Error = await BodyIntake.ReadOnAsync(_exchange, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or ConnectionAbortedException)
        {
            ClientFailure = broken;
            throw;
        }

        EnterPhase(DeadlineCause.IdleTimeout, _exchange.IdleLimit);
        if (Error is not null)
            throw new InvalidDataException(Error.Message);
    }
}
