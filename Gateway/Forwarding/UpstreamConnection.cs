using System.Net.Sockets;

namespace Gateway.Forwarding;

/// <summary>
/// A kept-alive connection that the engine had closed when a request was written to it: no byte of an answer came. The request was
/// not worked on and can be sent again; <c>SocketsHttpHandler</c> does so by itself only for requests without a body.
/// </summary>
internal sealed class StaleConnectionException(Exception? inner)
    : IOException("The engine had closed the kept-alive connection before the request reached it.", inner);

/// <summary>
/// A connection to an engine that knows whether it has served a request before. <c>SocketsHttpHandler</c> does not tell whether a request that
/// failed ran on a reused connection; this stream, which lies beneath it, turns the end of a reused one into <see cref="StaleConnectionException"/>.
/// The handler begins to read before it writes the next request, so that what a read meets is judged only when it ends. Made for HTTP/1.1.
/// </summary>
internal sealed class UpstreamConnection(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private volatile bool _isReused;
    private volatile bool _isAnswering;
    private volatile bool _isReading;
    private volatile bool _hasEnded;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Behind an answer, and with the read under way that waits for the next one: not the rest of a body that was answered early.
        if (_isAnswering && _isReading)
            BeginNextRequest();
        return _isReused ? WriteReusedAsync(buffer, cancellationToken) : base.WriteAsync(buffer, cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _isReading = true;

        // An empty read waits for bytes without a buffer; the read of the bytes follows it.
        return buffer.IsEmpty ? base.ReadAsync(buffer, cancellationToken) : ReadBytesAsync(buffer, cancellationToken);
    }

    private void BeginNextRequest()
    {
        _isReused = true;
        _isAnswering = false;

        // Pairs with the one in EndsStale: of an end that comes at this moment, one side knows.
        Interlocked.MemoryBarrier();
        if (_hasEnded)
            throw new StaleConnectionException(null);
    }

    private async ValueTask WriteReusedAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            await base.WriteAsync(buffer, cancellationToken);
        }
        catch (IOException broken) when (!_isAnswering)
        {
            throw new StaleConnectionException(broken);
        }
    }

    private async ValueTask<int> ReadBytesAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await base.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException broken) when (EndsStale())
        {
            throw new StaleConnectionException(broken);
        }

        if (read == 0)
            return EndsStale() ? throw new StaleConnectionException(null) : 0;

        _isAnswering = true;
        _isReading = false;
        return read;
    }

    private bool EndsStale()
    {
        _hasEnded = true;
        Interlocked.MemoryBarrier();
        return _isReused && !_isAnswering;
    }
}
