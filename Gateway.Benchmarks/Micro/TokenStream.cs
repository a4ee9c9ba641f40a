using System.Threading.Tasks.Sources;

namespace Gateway.Benchmarks.Micro;

/// <summary>The body of a stream, an event a read. An empty read finds the next event there, or has to wait for it, though for no time at all.</summary>
internal sealed class TokenStream(byte[] bytes, int events, bool waits) : Stream, IValueTaskSource<int>
{
    private int _left = events;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return waits ? new ValueTask<int>(this, 0) : ValueTask.FromResult(0);
        if (_left == 0)
            return ValueTask.FromResult(0);

        _left--;
        bytes.CopyTo(buffer);
        return ValueTask.FromResult(bytes.Length);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    int IValueTaskSource<int>.GetResult(short token) => 0;

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => ValueTaskSourceStatus.Pending;

    // On the pool, since within this call it would go on inside itself, event by event ever deeper.
    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        ThreadPool.UnsafeQueueUserWorkItem(continuation, state, preferLocal: true);
}
