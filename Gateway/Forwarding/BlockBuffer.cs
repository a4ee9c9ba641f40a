using System.Buffers;

namespace Gateway.Forwarding;

/// <summary>Bytes in rented blocks, read as one sequence that grows at its end. Positions in it stay valid as it grows.</summary>
internal sealed class BlockBuffer
{
    // Long enough that a scan and a write to a socket run over one block at a time at full speed; short of the large object heap (85,000 bytes).
    private const int BlockSize = 64 * 1024;

    private Block? _first;
    private Block? _last;
    private int _startInFirst;

    public bool IsEmpty => _first is null;

    public ReadOnlySequence<byte> Bytes => _first is null
        ? ReadOnlySequence<byte>.Empty
        : new ReadOnlySequence<byte>(_first, _startInFirst, _last!, _last!.Memory.Length);

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (ReadOnlyMemory<byte> segment in bytes)
        {
            ReadOnlySpan<byte> rest = segment.Span;
            while (!rest.IsEmpty)
            {
                if (_last is null || _last.Free == 0)
                    AddBlock();
                rest = rest[_last!.Append(rest)..];
            }
        }
    }

    /// <summary>Drops the first <paramref name="length"/> bytes, and gives back the blocks that held nothing else.</summary>
    public void Drop(long length)
    {
        // The last block stays, so that bytes still to come have a place to follow on.
        while (_first != _last && length >= _first!.Memory.Length - _startInFirst)
        {
            length -= _first.Memory.Length - _startInFirst;
            _startInFirst = 0;
            Block dropped = _first;
            _first = (Block)dropped.Next!;
            dropped.Return();
        }

        _startInFirst += (int)length;
    }

    /// <summary>Gives every block back; no one may read <see cref="Bytes"/> any more.</summary>
    public void Clear()
    {
        for (Block? block = _first; block is not null; block = (Block?)block.Next)
            block.Return();
        _first = _last = null;
        _startInFirst = 0;
    }

    private void AddBlock()
    {
        var block = new Block(BlockSize);
        if (_last is null)
            _first = block;
        else
            _last.Follow(block);
        _last = block;
    }

    private sealed class Block(int size) : ReadOnlySequenceSegment<byte>
    {
        private readonly byte[] _array = ArrayPool<byte>.Shared.Rent(size);

        public int Free => _array.Length - Memory.Length;

        public int Append(ReadOnlySpan<byte> bytes)
        {
            int length = Math.Min(Free, bytes.Length);
            bytes[..length].CopyTo(_array.AsSpan(Memory.Length));
            Memory = _array.AsMemory(0, Memory.Length + length);
            return length;
        }

        public void Follow(Block next)
        {
            next.RunningIndex = RunningIndex + Memory.Length;
            Next = next;
        }

        public void Return() => ArrayPool<byte>.Shared.Return(_array);
    }
}
