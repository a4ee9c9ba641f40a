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
            ForwardError? error = await TakeInAsync(exchange);
            if (error is null)
            {
                keepAlives.Begin(exchange);
                SendResult sent = await SendAsync(exchange);
                if (sent.ClientFailure is BadHttpRequestException malformed)
                    throw malformed;
                error = sent.Answered is { } answered ? await RelayAsync(exchange, answered) : sent.Error;
            }

            if (error is not null)
            {
                end = RequestEnd.Of(error.Failure);
                await RefuseAsync(exchange, error, end.ErrorCode!);
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

    private async ValueTask<ForwardError?> TakeInAsync(Exchange exchange)
    {
        try
        {
            return await intake.TakeInAsync(exchange);
        }
        catch (OperationCanceledException)
        {
            return BodyErrors.Late(exchange.Deadline.Cause);
        }
    }

    private ValueTask<SendResult> SendAsync(Exchange exchange)
    {
        ValueTask<SendResult> sending = sender.SendAsync(exchange);
        return exchange.KeepAlive is { } keepAlive ? keepAlive.WaitAsync(sending.AsTask(), keepAlive.Early) : sending;
    }

    private async ValueTask<ForwardError?> RelayAsync(Exchange exchange, Attempt answered)
    {
        try
        {
            // No more attempts: what was kept for one can go while the engine generates.
            if (answered.Content.Finished.IsCompleted)
                exchange.Body.End();
            if (exchange.Begun is { } begun && !ResponseHead.TakesComments(answered.Response!))
                await keepAlives.EndAsync(exchange, begun, answered.Response!, answered.Picked);
            return await relay.RelayAsync(exchange, answered.Response!, answered.Picked);
        }
        finally
        {
            answered.Release();
            await answered.Content.Finished;
        }
    }

    private async ValueTask RefuseAsync(Exchange exchange, ForwardError error, string code)
    {
        if (error.Failure is ForwardFailure.Saturated or ForwardFailure.Overloaded)
            telemetry.Metrics.RequestDropped(error.DroppedReason ?? code);
        if (exchange.Begun is { } begun)
            await keepAlives.EndAsync(exchange, begun, error);
        await ErrorWriter.WriteAsync(exchange.Context, exchange.Dialect, error);
    }

    private sealed class ExchangePolicy : PooledObjectPolicy<Exchange>
    {
        public override Exchange Create() => new();

        public override bool Return(Exchange obj) => true;
    }
}
