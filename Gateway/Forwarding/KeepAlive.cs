using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Forwarding;

/// <summary>
/// Comments for the client of one stream while the engine has not begun it, so that neither the client nor a proxy between takes the silence for
/// an end (https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes). They are written where the request waits, by its own
/// flow, and so never beside another write.
/// </summary>
internal sealed class KeepAlive(Exchange exchange, TimeSpan interval, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task? _tick;

    private static ReadOnlySpan<byte> Comment => ": keep-alive\n\n"u8;

    /// <summary>What has been passed on ahead of the engine's head.</summary>
    public RelayProgress Early { get; } = new(isEventStream: true, exchange.Dialect);

    /// <summary>Waits for what comes from the engine. What has been written by then need not have been taken: <see cref="RelayProgress.Flush"/>.</summary>
    /// <param name="awaited">Ends by itself when the client leaves.</param>
    /// <param name="progress">Of the answer that the comments belong to.</param>
    public async ValueTask<T> WaitAsync<T>(Task<T> awaited, RelayProgress progress)
    {
        while (!awaited.IsCompleted)
        {
            _tick ??= Task.Delay(interval, time, _stop.Token);
            if (await Task.WhenAny(awaited, _tick) != _tick)
                break;

            _tick = null;
            if (IsDue(progress))
                progress.Flush = WriteAsync(progress);
        }

        return await awaited;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    // What is wrong with an upload is told with a status as long as there can be one; and a client that has yet to take one comment needs no other.
    private bool IsDue(RelayProgress progress) =>
        exchange.Body.IsComplete && exchange.Peek.Stream && progress.Flush.IsCompletedSuccessfully && exchange.Deadline.Cause == DeadlineCause.None;

    private async Task WriteAsync(RelayProgress progress)
    {
        if (!progress.HasBegun)
            ResponseHead.BeginEventStream(exchange.Context.Response);
        progress.HasBegun = true;

        PipeWriter client = exchange.Context.Response.BodyWriter;
        client.Write(Comment);
        await client.FlushAsync(CancellationToken.None);
    }
}
