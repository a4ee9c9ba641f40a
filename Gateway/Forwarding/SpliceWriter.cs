using System.Buffers;
using Gateway.Peeking;

namespace Gateway.Forwarding;

/// <summary>
/// Writes a body to an engine as its <see cref="SplicePlan"/> says, in few writes: long pieces as they are, short ones gathered, since a piece of
/// Kestrel's is 4 KiB long and a write to a socket costs more than copying that.
/// </summary>
internal sealed class SpliceWriter(Stream target, RequestDeadline deadline) : IDisposable
{
    private const int GatherUpTo = 16 * 1024;
    private const int GatherBufferSize = 64 * 1024;

    private static readonly ReadOnlyMemory<byte> Spaces = Enumerable.Repeat((byte)' ', 1024).ToArray();

    private byte[]? _gathered;
    private int _gatheredLength;

    /// <summary>Writes the bytes of the body that <paramref name="bytes"/> begins with at <paramref name="start"/>, up to <paramref name="end"/>.</summary>
    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, long start, long end, SplicePlan plan, CancellationToken cancellationToken)
    {
        long at = start;
        for (int i = 0; i < plan.Edits.Length; i++)
        {
            SpliceEdit edit = plan.Edits[i];
            if (edit.Range.Start < at || edit.Range.End > end)
                continue;

            await AddAsync(bytes.Slice(at - start, edit.Range.Start - at), cancellationToken);
            await AddAsync(edit.Text, cancellationToken);
            if (edit.IsBlanked)
                await BlankAsync(edit.Range.Length, cancellationToken);
            at = edit.Range.End;
        }

        await AddAsync(bytes.Slice(at - start, end - at), cancellationToken);
        await SendGatheredAsync(cancellationToken);
    }

    /// <summary>Has what was written leave for the engine.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);

    public void Dispose()
    {
        if (_gathered is not null)
            ArrayPool<byte>.Shared.Return(_gathered);
        _gathered = null;
    }

    private async ValueTask BlankAsync(long length, CancellationToken cancellationToken)
    {
        for (; length > 0; length -= Spaces.Length)
            await AddAsync(Spaces[..(int)Math.Min(length, Spaces.Length)], cancellationToken);
    }

    // The usual body lies in one piece, and the connection gathers head and body by itself.
    private ValueTask AddAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken) =>
        bytes.IsSingleSegment && _gatheredLength == 0 ? SendAsync(bytes.First, cancellationToken) : AddSegmentsAsync(bytes, cancellationToken);

    private async ValueTask AddSegmentsAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
            await AddAsync(segment, cancellationToken);
    }

    private async ValueTask AddAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        if (piece.Length > GatherUpTo)
        {
            await SendGatheredAsync(cancellationToken);
            await SendAsync(piece, cancellationToken);
            return;
        }

        _gathered ??= ArrayPool<byte>.Shared.Rent(GatherBufferSize);
        if (piece.Length > _gathered.Length - _gatheredLength)
            await SendGatheredAsync(cancellationToken);
        piece.CopyTo(_gathered.AsMemory(_gatheredLength));
        _gatheredLength += piece.Length;
    }

    private ValueTask SendGatheredAsync(CancellationToken cancellationToken)
    {
        int length = _gatheredLength;
        _gatheredLength = 0;
        return SendAsync(_gathered.AsMemory(0, length), cancellationToken);
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken) =>
        piece.IsEmpty ? ValueTask.CompletedTask : WriteAsync(piece, cancellationToken);

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        await target.WriteAsync(piece, cancellationToken);
        deadline.Touch();
    }
}
