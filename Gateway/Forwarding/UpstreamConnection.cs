using System.Net.Sockets;
using System.Runtime.CompilerServices;

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
/// </summary>
internal sealed class UpstreamConnection(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    private bool _hasAnsweredBefore;
    private bool _isAnswering;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The first write after an answer begins the next request.
        if (_isAnswering)
        {
            _isAnswering = false;
            _hasAnsweredBefore = true;
        }

        return _hasAnsweredBefore ? WriteReusedAsync(buffer, cancellationToken) : base.WriteAsync(buffer, cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Once an answer has begun, and for the empty reads that wait for bytes without a buffer, there is nothing to watch.
        if (_isAnswering || buffer.IsEmpty)
            return base.ReadAsync(buffer, cancellationToken);

        return ReadFirstAsync(buffer, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await base.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException broken) when (_hasAnsweredBefore)
        {
            throw new StaleConnectionException(broken);
        }

        if (read == 0 && _hasAnsweredBefore)
            throw new StaleConnectionException(null);
        _isAnswering = read > 0;
        return read;
    }
}
