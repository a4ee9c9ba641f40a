using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Peeking;

internal enum SkipStatus
{
    /// <summary>All bytes belong to the value, and it goes on.</summary>
    Unfinished,

    /// <summary>The value has ended.</summary>
    Ended,

    /// <summary>No value can begin here, or a bracket closes one of the other kind.</summary>
    Malformed,

    /// <summary>Nested deeper than <see cref="JsonValueSkipper.MaxDepth"/>.</summary>
    TooDeep,
}

/// <summary>
/// Finds the end of one JSON value that routing does not look at, in any number of pieces, each byte looked at once.
/// It follows strings and brackets alone: what stands between them is for the engine to judge, which may well accept more than the RFC
/// (Python's <c>json</c> reads <c>NaN</c>); only a backslash outside of a string, which no engine accepts, hides a quote behind it. Strings and brackets are found in 64 bytes at a time, as bits of a word (Langdale and Lemire,
/// "Parsing gigabytes of JSON per second", VLDB Journal 28, 2019).
/// </summary>
internal struct JsonValueSkipper
{
    /// <summary>Depth of a whole document, its own object included. Nothing recurses, so the bound is one of sense: tool schemas nest some tens deep.</summary>
    public const int MaxDepth = 256;

    private const int BitsPerWord = 64;

    // '[' and '{' are this bit apart, and so are ']' and '}'.
    private const byte CurlyBit = 0x20;

    private static readonly SearchValues<byte> PrimitiveEnds = SearchValues.Create(",:\"[]{} \t\r\n"u8);

    private ObjectBits _isObject;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _isPrimitive;

    /// <summary>The value's first byte; 0 before it was seen.</summary>
    public byte FirstByte { get; private set; }

    /// <param name="bytes">The next piece.</param>
    /// <param name="used">How many of its bytes belong to the value or the white space before it.</param>
    public SkipStatus Skip(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        if (FirstByte == 0)
        {
            int start = bytes.IndexOfAnyExcept(" \t\r\n"u8);
            if (start < 0)
            {
                used = bytes.Length;
                return SkipStatus.Unfinished;
            }

            FirstByte = bytes[start];
            used = start;
            if (FirstByte is (byte)',' or (byte)':' or (byte)'}' or (byte)']')
                return SkipStatus.Malformed;
            _isPrimitive = FirstByte is not ((byte)'"' or (byte)'{' or (byte)'[');
        }

        return _isPrimitive ? SkipPrimitive(bytes, ref used) : SkipNested(bytes, ref used);
    }

    private static SkipStatus SkipPrimitive(ReadOnlySpan<byte> bytes, ref int used)
    {
        int end = bytes[used..].IndexOfAny(PrimitiveEnds);
        used = end < 0 ? bytes.Length : used + end;
        return end < 0 ? SkipStatus.Unfinished : SkipStatus.Ended;
    }

    private SkipStatus SkipNested(ReadOnlySpan<byte> bytes, ref int used)
    {
        ref byte first = ref MemoryMarshal.GetReference(bytes);
        for (; bytes.Length - used >= BitsPerWord; used += BitsPerWord)
        {
            SkipStatus status = SkipBlock(Vector512.LoadUnsafe(ref first, (nuint)used), BitsPerWord, out int inBlock);
            if (status != SkipStatus.Unfinished)
            {
                used += inBlock;
                return status;
            }
        }

        if (used == bytes.Length)
            return SkipStatus.Unfinished;

        // Zeros behind the end are no sign of JSON.
        Span<byte> tail = stackalloc byte[BitsPerWord];
        int length = bytes.Length - used;
        tail.Clear();
        bytes[used..].CopyTo(tail);
        SkipStatus last = SkipBlock(Vector512.Create<byte>(tail), length, out int inTail);
        used += last == SkipStatus.Unfinished ? length : inTail;
        return last;
    }

    /// <param name="block">The next bytes.</param>
    /// <param name="length">How many of them there are.</param>
    /// <param name="used">Where in the block the value ends, when it does.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private SkipStatus SkipBlock(Vector512<byte> block, int length, out int used)
    {
        used = 0;
        ulong backslashes = Vector512.Equals(block, Vector512.Create((byte)'\\')).ExtractMostSignificantBits();
        ulong quotes = Vector512.Equals(block, Vector512.Create((byte)'"')).ExtractMostSignificantBits();
        if ((backslashes | (_escaped ? 1UL : 0)) != 0)
            quotes &= ~TakeEscapes(backslashes, length);

        // The usual block of a prompt: text, all of it in one string.
        if (_inString && quotes == 0)
            return SkipStatus.Unfinished;

        return SkipSigns(block, quotes, out used);
    }

    /// <summary>Which bytes of a block are escaped by a backslash: those behind a run of odd length.</summary>
    private ulong TakeEscapes(ulong backslashes, int length)
    {
        const ulong EvenBits = 0x5555_5555_5555_5555;
        ulong carried = _escaped ? 1UL : 0;
        backslashes &= ~carried;
        ulong behind = (backslashes << 1) | carried;
        ulong oddStarts = backslashes & ~EvenBits & ~behind;
        ulong evenSequences = unchecked(oddStarts + backslashes);
        bool overflows = evenSequences < oddStarts;
        ulong escaped = (EvenBits ^ (evenSequences << 1)) & behind;
        _escaped = length == BitsPerWord ? overflows : ((escaped >> length) & 1) != 0;
        return escaped;
    }

    private SkipStatus SkipSigns(Vector512<byte> block, ulong quotes, out int used)
    {
        Vector512<byte> curlyBit = Vector512.Create(CurlyBit);
        Vector512<byte> folded = block | curlyBit;
        ulong opening = Vector512.Equals(folded, Vector512.Create((byte)'{')).ExtractMostSignificantBits();
        ulong closing = Vector512.Equals(folded, Vector512.Create((byte)'}')).ExtractMostSignificantBits();
        ulong curly = Vector512.Equals(block & curlyBit, curlyBit).ExtractMostSignificantBits();
        used = 0;
        while (true)
        {
            // Within a string nothing counts up to its end.
            ulong signs = _inString ? quotes : quotes | opening | closing;
            signs &= ulong.MaxValue << used;
            if (used == BitsPerWord || signs == 0)
                return SkipStatus.Unfinished;

            int at = BitOperations.TrailingZeroCount(signs);
            ulong bit = 1UL << at;
            used = at + 1;
            if ((quotes & bit) != 0)
            {
                _inString = !_inString;
            }
            else if ((closing & bit) != 0)
            {
                if (!TryPop((curly & bit) != 0))
                    return SkipStatus.Malformed;
            }
            else
            {
                // The value stands inside the document's own object.
                if (_depth + 1 >= MaxDepth)
                    return SkipStatus.TooDeep;
                Push((curly & bit) != 0);
            }

            if (_depth == 0 && !_inString)
                return SkipStatus.Ended;
        }
    }

    private void Push(bool isObject)
    {
        ulong bit = 1UL << (_depth % BitsPerWord);
        ref ulong word = ref _isObject[_depth / BitsPerWord];
        word = isObject ? word | bit : word & ~bit;
        _depth++;
    }

    private bool TryPop(bool isObject)
    {
        _depth--;
        return ((_isObject[_depth / BitsPerWord] >> (_depth % BitsPerWord)) & 1) == (isObject ? 1UL : 0UL);
    }

    [InlineArray(MaxDepth / BitsPerWord)]
    private struct ObjectBits
    {
        private ulong _word;
    }
}
