using System.Runtime.CompilerServices;
using Gateway.Routing;
using Gateway.Telemetry;
using Microsoft.Extensions.ObjectPool;

namespace Gateway.Forwarding;

/// <summary>
/// A request's way to an engine and back.
/// <code>
///  client ──► 1 peek ──► 2 route ──► 3 pick ──► 4 send ──► engine
///  client ◄── 7 trailers ◄── 6 body ◄── 5 head ◄────────── engine
/// </code>
/// 1, 2: <see cref="BodyIntake"/>; 3, 4, with retries: <see cref="UpstreamSender"/>; 5 to 7: <see cref="ResponseRelay"/>.
/// </summary>
internal sealed class RequestPipeline(
    BodyIntake intake,
    UpstreamSender sender,
    ResponseRelay relay,
    KeepAlives keepAlives,
    RouteTableHolder tables,
    RequestDeadlines deadlines,
    GatewayTelemetry telemetry)
{
    // An exchange is about 3 KB; more of them than this are in use at once only at a peak.
    private const int MaxIdleExchanges = 1024;

    private readonly ObjectPool<Exchange> _exchanges = new DefaultObjectPool<Exchange>(new ExchangePolicy(), MaxIdleExchanges);

    public async Task ForwardAsync(HttpContext context, ProxiedPath path, ForwardingSettings settings, string requestId)
    {
        Exchange exchange = _exchanges.Get();
        RequestDeadline deadline = deadlines.Rent();
        deadline.Begin(settings.Timeouts.Total, context.RequestAborted);
        exchange.Begin(context, path, requestId, settings, tables.Current, deadline);
        exchange.Record.Begin(telemetry, path.Path, requestId);
        GatewayActivities.NameRequest(path.Path, requestId);
        var end = new RequestEnd(RequestEnding.Completed, null);
        try
        {
            if (await RunAsync(exchange) is { } error)
            {
                end = RequestEnd.Of(error.Failure);
                if (error.Failure is ForwardFailure.Saturated or ForwardFailure.Overloaded)
                    telemetry.Metrics.RequestDropped(error.DroppedReason ?? end.ErrorCode!);
                if (exchange.Begun is { } begun)
                    await keepAlives.EndAsync(exchange, begun, error);
                await ErrorWriter.WriteAsync(context, path.Dialect, error);
            }
        }
        catch (Exception failure)
        {
            end = RequestEnd.Of(failure);
            throw;
        }
        finally
        {
            if (deadline.Cause is DeadlineCause.ClientLeft or DeadlineCause.ClientStalled || context.RequestAborted.IsCancellationRequested)
                end = new RequestEnd(RequestEnding.ClientLeft, null);
            exchange.Record.End(end.Ending, end.Status ?? context.Response.StatusCode, end.ErrorCode);
            exchange.End();
            _exchanges.Return(exchange);
            deadlines.Return(deadline);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwardError?> RunAsync(Exchange exchange)
    {
        ForwardError? refused;
        try
        {
            refused = await intake.TakeInAsync(exchange);
        }
        catch (OperationCanceledException)
        {
            return BodyErrors.Late(exchange.Deadline.Cause);
        }

        if (refused is not null)
            return refused;

        keepAlives.Begin(exchange);
        SendResult sent = await SendAsync(exchange);
        if (sent.ClientFailure is BadHttpRequestException malformed)
            throw malformed;
        if (sent.ClientFailure is not null || sent.Error is not null)
            return sent.Error;

        return await RelayAsync(exchange, sent.Attempt);
    }

    private ValueTask<SendResult> SendAsync(Exchange exchange)
    {
        ValueTask<SendResult> sending = sender.SendAsync(exchange);
        return exchange.KeepAlive is { } keepAlive ? keepAlive.WaitAsync(sending.AsTask(), keepAlive.Early) : sending;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ForwardError?> RelayAsync(Exchange exchange, Attempt attempt)
    {
        try
        {
            // No more attempts: what was kept for one can go while the engine generates.
            if (attempt.Content.Finished.IsCompleted)
                exchange.Body.End();
            if (exchange.Begun is { } begun && !ResponseHead.TakesComments(attempt.Response!))
                await keepAlives.EndAsync(exchange, begun, attempt.Response!, attempt.Picked);
            return await relay.RelayAsync(exchange, attempt.Response!, attempt.Picked);
        }
        finally
        {
            attempt.Release();
            await attempt.Content.Finished;
        }
    }

    private sealed class ExchangePolicy : PooledObjectPolicy<Exchange>
    {
        public override Exchange Create() => new();

        public override bool Return(Exchange obj) => true;
    }
}
