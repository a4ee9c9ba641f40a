using Gateway.Peeking;
using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>Takes in a request's body until its route is known: steps 1 and 2 of <see cref="RequestPipeline"/>.</summary>
internal sealed class BodyIntake(BufferBudget budget)
{
    private const int PeekedAtOnce = 256 * 1024;

    /// <summary>Reads, checks and peeks, and leaves the route in <see cref="Exchange.Match"/>.</summary>
    /// <returns>What is wrong with the request; null when nothing is.</returns>
    public async ValueTask<ForwardError?> TakeInAsync(Exchange exchange)
    {
        HttpRequest request = exchange.Context.Request;
        RequestBody body = exchange.Body;
        long limit = exchange.Settings.Limits.MaxRequestBodyBytes;
        body.Begin(request.BodyReader, budget, limit);

        RequestMedia media = RequestMedia.Read(request.Headers.ContentType, request.Headers.ContentEncoding);
        if (media.Kind == MediaKind.Unsupported)
            return new ForwardError(ForwardFailure.UnsupportedMediaType, media.Problem);
        if (media.Kind == MediaKind.InvalidMultipart)
            return new ForwardError(ForwardFailure.InvalidMultipart, media.Problem);
        exchange.IsMultipart = media.Kind == MediaKind.Multipart;

        if (request.ContentLength > limit)
            return BodyErrors.TooLarge(limit);

        while (!body.IsComplete)
        {
            BodyRead read = await body.ReadAsync(exchange.Deadline.Token);
            if (BodyErrors.Of(read, limit) is { } unreadable)
                return unreadable;

            exchange.Record.Received(body.Received);
            if (exchange.IsMultipart)
                continue;
            PeekOn(exchange);
            if (BodyErrors.Of(exchange.Peek) is { } unroutable)
                return unroutable;
            if (!body.IsComplete && TryStream(exchange))
                return null;
        }

        if (exchange.IsMultipart)
        {
            // A form is read in one go; recordings of an hour are no work for the thread that polls the sockets.
            if (body.Received > PeekedAtOnce)
                await Task.Yield();
            MultipartPeeker.Peek(body.Bytes, media.Boundary.Span, exchange.Peek);
            if (BodyErrors.Of(exchange.Peek) is { } unroutable)
                return unroutable;
        }

        return FindRoute(exchange);
    }

    /// <summary>Goes on with a body that is passed on while it arrives.</summary>
    /// <returns>What has turned out wrong with the request; null when nothing has.</returns>
    public static async ValueTask<ForwardError?> ReadOnAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        BodyRead read = await exchange.Body.ReadAsync(cancellationToken);
        exchange.Record.Received(exchange.Body.Received);
        if (BodyErrors.Of(read, exchange.Settings.Limits.MaxRequestBodyBytes) is { } unreadable)
            return unreadable;

        PeekOn(exchange);
        return BodyErrors.Of(exchange.Peek) ?? Contradiction(exchange);
    }

    /// <summary>Peeks at what has arrived since the last call.</summary>
    private static void PeekOn(Exchange exchange)
    {
        RequestBody body = exchange.Body;
        exchange.JsonPeeker.Read(body.Bytes.Slice(exchange.JsonPeeker.Position - body.Start), body.IsComplete);
    }

    /// <summary>Routes by what has been seen.</summary>
    /// <returns>Why there is no route; null when there is one, in <see cref="Exchange.Match"/>.</returns>
    private static ForwardError? FindRoute(Exchange exchange)
    {
        RequestNames names = exchange.ReadNames(exchange.Body.IsComplete);
        exchange.Match = exchange.FindRoute(names);
        if (exchange.Match.Model is { } model)
            exchange.Record.Routed(model.Model);
        return exchange.Match.Outcome == RouteOutcome.Found ? null : RoutingErrors.Of(exchange.Match, names);
    }

    // An engine named late may only be the one that the request already goes to.
    private static ForwardError? Contradiction(Exchange exchange)
    {
        RequestNames names = exchange.ReadNames(exchange.Body.IsComplete);
        RouteMatch match = exchange.FindRoute(names);
        return match.Outcome == RouteOutcome.Found ? null : RoutingErrors.Of(match, names);
    }

    // A large body is passed on while it still arrives once its route can no longer change: the model, and the engine or the only one there is.
    private static bool TryStream(Exchange exchange)
    {
        long size = Math.Max(exchange.Body.Received, exchange.Context.Request.ContentLength ?? 0);
        if (size <= exchange.Settings.Limits.ReplayBytes || exchange.Peek.Model.IsEmpty)
            return false;

        RequestNames names = exchange.ReadNames(bodyIsComplete: false);
        if (!names.ModelIsSettled)
            return false;

        RouteMatch match = exchange.FindRoute(names);
        if (match.Outcome != RouteOutcome.Found || !(names.EngineIsSettled || match.Model!.HasOneEngine))
            return false;

        exchange.Match = match;
        exchange.Record.Routed(match.Model!.Model);
        exchange.StreamsUpload = true;
        return true;
    }
}
