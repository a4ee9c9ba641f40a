using System.IO.Pipelines;
using System.Net;
using Gateway.Picking;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Passes an engine's answer on to the client as it comes: steps 5 to 7 of <see cref="RequestPipeline"/>.</summary>
internal sealed class ResponseRelay(LastEvents lastEvents, GatewayMetrics metrics, ILogger<ResponseRelay> logger)
{
    // The handler decodes chunks out of a buffer of 4 KiB, and Kestrel's blocks are as large: more room in one read would stay empty.
    private const int ReadSize = 4096;

    // Bounds what is written between two flushes; the socket takes this much at once.
    private const int FlushAfter = 16 * 1024;

    /// <returns>What is wrong when the answer broke before any of it was passed on; null when the client has got what there was.</returns>
    /// <exception cref="TruncatedResponseException">The answer broke in the middle.</exception>
    public async ValueTask<ForwardError?> RelayAsync(Exchange exchange, HttpResponseMessage response, PickedEndpoint picked)
    {
        bool isEventStream = ResponseHead.IsEventStream(response);
        RelayProgress? begun = exchange.Begun;
        if (begun is null)
            ResponseHead.Copy(exchange, response, picked, isEventStream, logger);
        RelayProgress progress = begun ?? new RelayProgress(isEventStream, exchange.Dialect);
        exchange.Record.BeginAnswer(picked, (int)response.StatusCode, isEventStream);
        exchange.TakeRoute(picked.Route);
        exchange.Deadline.Enter(DeadlineCause.IdleTimeout, exchange.IdleLimit);
        try
        {
            Stream body = response.Content.ReadAsStream();
            if (exchange.KeepAlive is { } keepAlive && ResponseHead.TakesComments(response) && exchange.Context.Response.ContentLength is null)
                await WaitForFirstByteAsync(body, exchange, progress, keepAlive);
            await CopyAsync(body, exchange, progress);
            ResponseHead.CopyTrailers(exchange.Context, response);
            if (response.StatusCode is < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests)
                picked.Endpoint.ReportServed();
            return null;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            if (exchange.Deadline.Cause == DeadlineCause.ClientLeft || exchange.Context.RequestAborted.IsCancellationRequested)
                return null;
            if (exchange.Deadline.Cause == DeadlineCause.ClientStalled)
                return GiveUpReader(exchange);
            return await EndEarlyAsync(exchange, progress, picked, broken);
        }
    }

    /// <summary>
    /// Copies what is there, and flushes when there is no more for the moment: a token goes out as soon as it comes, a burst in few packets.
    /// The empty read that waits for bytes holds no buffer, so that an idle stream costs none.
    /// </summary>
    private static async ValueTask CopyAsync(Stream body, Exchange exchange, RelayProgress progress)
    {
        PipeWriter client = exchange.Context.Response.BodyWriter;
        CancellationToken cancellationToken = exchange.Deadline.Token;

        // The head of a stream goes out before its first token; the head of an answer in one piece goes out with it, in one packet.
        bool mustFlush = exchange.Context.Response.ContentLength is null;
        int unflushed = 0;
        while (true)
        {
            ValueTask<int> arrival = body.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (!arrival.IsCompleted && (mustFlush || unflushed > 0))
            {
                await FlushAsync(client, exchange, progress);
                mustFlush = false;
                unflushed = 0;
            }

            await arrival;
            Memory<byte> memory = client.GetMemory(ReadSize);
            int read = await body.ReadAsync(memory, cancellationToken);
            if (read == 0)
                break;

            progress.Add(memory.Span[..read]);
            exchange.Record.Add(memory.Span[..read]);
            client.Advance(read);
            unflushed += read;
            exchange.Deadline.Touch();
            if (unflushed >= FlushAfter)
            {
                await FlushAsync(client, exchange, progress);
                mustFlush = false;
                unflushed = 0;
            }
        }

        // Kestrel sends what is left together with a head that it still holds, or with the last chunk; behind a length it would keep it.
        if (unflushed > 0 && progress.HasBegun && exchange.Context.Response.ContentLength is not null)
            await FlushAsync(client, exchange, progress);
    }

    /// <summary>Has the head go out, and comments behind it for as long as the engine adds nothing to it.</summary>
    private static async ValueTask WaitForFirstByteAsync(Stream body, Exchange exchange, RelayProgress progress, KeepAlive keepAlive)
    {
        Task<int> arrival = body.ReadAsync(Memory<byte>.Empty, exchange.Deadline.Token).AsTask();
        if (!progress.HasBegun && !arrival.IsCompleted)
            await FlushAsync(exchange.Context.Response.BodyWriter, exchange, progress);
        await keepAlive.WaitAsync(arrival, progress);
        if (!progress.Flush.IsCompletedSuccessfully)
            await WaitForReaderAsync(progress.Flush, exchange, progress);
    }

    private static ValueTask FlushAsync(PipeWriter client, Exchange exchange, RelayProgress progress)
    {
        progress.HasBegun = true;

        // Without the request's token: Kestrel aborts the connection when a flush is cancelled, and with it goes all that the client has yet to read.
        ValueTask<FlushResult> flush = client.FlushAsync(CancellationToken.None);
        if (!flush.IsCompletedSuccessfully)
            return WaitForReaderAsync(flush.AsTask(), exchange, progress);

        _ = flush.Result;
        return ValueTask.CompletedTask;
    }

    // A slow reader is no fault of the engine's. One that takes nothing is not left to Kestrel's minimum rate, which allows time for every byte of
    // the connection so far: hours, behind a long stream.
    private static async ValueTask WaitForReaderAsync(Task flush, Exchange exchange, RelayProgress progress)
    {
        TimeSpan idle = exchange.IdleLimit;
        exchange.Deadline.Enter(DeadlineCause.ClientStalled, idle);
        progress.Flush = flush;
        await flush.WaitAsync(exchange.Deadline.Token);
        exchange.Deadline.Enter(DeadlineCause.IdleTimeout, idle);
    }

    // Its buffers are full: there is no room for a last event, and the cut shows in its connection.
    private ForwardError? GiveUpReader(Exchange exchange)
    {
        ForwardingLog.ClientStalled(logger, exchange.RequestId, exchange.IdleLimit);
        exchange.Context.Abort();
        return null;
    }

    private async ValueTask<ForwardError?> EndEarlyAsync(Exchange exchange, RelayProgress progress, PickedEndpoint picked, Exception broken)
    {
        DeadlineCause cause = exchange.Deadline.Cause;
        (string code, string message) = UpstreamErrors.EndOfStream(cause, picked);
        ForwardingLog.Cut(logger, picked.Endpoint.Address, exchange.RequestId, code);
        if (cause is DeadlineCause.IdleTimeout or DeadlineCause.TotalTimeout)
            picked.Endpoint.ReportError(message);
        else if (cause == DeadlineCause.None && picked.Endpoint.ReportFailure(broken.Message, exchange.Blame))
            metrics.EndpointEjected();

        if (!progress.HasBegun && progress.Length == 0)
            return ErrorInsteadOf(exchange, cause, picked);

        // What is there goes out in any case: Kestrel would otherwise answer 500 in place of a head that it still holds.
        byte[] lastEvent = progress.CanEndWithEvent
            ? StreamEnding.Render(exchange.Dialect, code, message, progress.NextSequenceNumber)
            : [];
        await lastEvents.SendAsync(exchange, progress, lastEvent);
        throw new TruncatedResponseException(code);
    }

    // Nothing has gone out: the client can still have a proper error.
    private static ForwardError ErrorInsteadOf(Exchange exchange, DeadlineCause cause, in PickedEndpoint picked)
    {
        string requestId = exchange.RequestId;
        exchange.Context.Response.Clear();
        exchange.Context.Response.Headers[HeaderRules.RequestId] = requestId;
        return cause switch
        {
            DeadlineCause.Shutdown => UpstreamErrors.ShuttingDown,
            DeadlineCause.None => UpstreamErrors.Unreachable(picked, wasSent: true),
            _ => UpstreamErrors.TimedOut(cause, picked),
        };
    }
}
