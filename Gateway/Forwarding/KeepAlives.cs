using Gateway.Picking;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>
/// Streams that may begin with a comment before an engine has answered; and the end of those that did, for whom a status comes too late: what is
/// wrong becomes their last event.
/// </summary>
internal sealed class KeepAlives(LastEvents lastEvents, TimeProvider time)
{
    /// <summary>Leaves <see cref="Exchange.KeepAlive"/> where the client is to get comments.</summary>
    public void Begin(Exchange exchange)
    {
        // An upload that is passed on while it arrives may say only later that it asks for a stream.
        if (exchange.Settings.KeepAlive is { } interval && exchange.Path.StreamsEvents && (exchange.Peek.Stream || exchange.StreamsUpload))
            exchange.KeepAlive = new KeepAlive(exchange, interval, time);
    }

    /// <summary>Ends a stream that has begun with the gateway's own error.</summary>
    /// <exception cref="TruncatedResponseException">In every case.</exception>
    public async ValueTask EndAsync(Exchange exchange, RelayProgress begun, ForwardError error)
    {
        ErrorKind kind = ErrorTable.Of(error.Failure);
        await lastEvents.SendAsync(
            exchange, begun, StreamEnding.Render(exchange.Dialect, kind.Code, error.Message, begun.NextSequenceNumber, kind.Type, kind.AnthropicType));
        throw new TruncatedResponseException(kind.Code);
    }

    /// <summary>Ends a stream that has begun with an engine's answer that can't follow: its error, or what is no plain stream of events.</summary>
    /// <exception cref="TruncatedResponseException">In every case.</exception>
    public async ValueTask EndAsync(Exchange exchange, RelayProgress begun, HttpResponseMessage response, PickedEndpoint picked)
    {
        int status = (int)response.StatusCode;
        exchange.Record.BeginAnswer(picked, status, isEventStream: false);
        exchange.TakeRoute(picked.Route);
        exchange.Deadline.Enter(DeadlineCause.IdleTimeout, exchange.IdleLimit);
        byte[] lastEvent = await EngineErrorEvent.ReadAsync(exchange, response, picked);
        if (status is >= StatusCodes.Status400BadRequest and < StatusCodes.Status500InternalServerError and not StatusCodes.Status429TooManyRequests)
            picked.Endpoint.ReportServed();
        await lastEvents.SendAsync(exchange, begun, lastEvent);
        throw new TruncatedResponseException(status >= StatusCodes.Status400BadRequest ? StatusNames.Of(status) : EngineErrorEvent.Code);
    }
}
