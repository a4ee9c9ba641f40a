using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Forwarding;

/// <summary>Sends what a stream gets last that ends early, and sees to it that it has left before the connection ends.</summary>
internal sealed class LastEvents(TimeProvider time)
{
    // How long a client may take to accept the last event of a stream that is cut.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    // Kestrel resets an HTTP/2 stream ahead of data that it has not yet put on the connection, and does not say when it has.
    private static readonly TimeSpan Http2Delay = TimeSpan.FromMilliseconds(250);

    /// <param name="exchange">The request.</param>
    /// <param name="progress">What the client has been sent before.</param>
    /// <param name="last">The event; nothing when there is no room for one.</param>
    public async ValueTask SendAsync(Exchange exchange, RelayProgress progress, byte[] last)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        try
        {
            await progress.Flush.WaitAsync(limit.Token);

            // Not WriteAsync: with nothing to add it would leave what was copied last where it is, unflushed.
            PipeWriter client = exchange.Context.Response.BodyWriter;
            client.Write(last);
            await client.FlushAsync(limit.Token);
            if (HttpProtocol.IsHttp2(exchange.Context.Request.Protocol))
                await Task.Delay(Http2Delay, time, limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The client does not read: it learns of the cut from its connection.
            exchange.Context.Abort();
        }
    }
}
