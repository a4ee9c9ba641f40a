using System.Buffers;
using System.Runtime.CompilerServices;

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
/// (Python's <c>json</c> reads <c>NaN</c>).
/// </summary>
internal struct JsonValueSkipper
{
    /// <summary>Depth of a whole document, its own object included. Nothing recurses, so the bound is one of sense: tool schemas nest some tens deep.</summary>
    public const int MaxDepth = 256;

    private const int BitsPerWord = 64;

    private static readonly SearchValues<byte> Brackets = SearchValues.Create("\"[]{}"u8);
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
        int at = used;
        while (at < bytes.Length)
        {
            if (_escaped)
            {
                _escaped = false;
                at++;
                continue;
            }

            int next = _inString ? bytes[at..].IndexOfAny((byte)'"', (byte)'\\') : bytes[at..].IndexOfAny(Brackets);
            if (next < 0)
                break;

            at += next;
            byte sign = bytes[at++];
            if (sign == '\\')
            {
                _escaped = true;
            }
            else if (sign == '"')
            {
                _inString = !_inString;
                if (!_inString && _depth == 0)
                    return End(at, out used);
            }
            else if (sign is (byte)'{' or (byte)'[')
            {
                // The value stands inside the document's own object.
                if (_depth + 1 >= MaxDepth)
                    return SkipStatus.TooDeep;
                Push(sign == '{');
            }
            else if (!TryPop(sign == '}'))
            {
                return SkipStatus.Malformed;
            }
            else if (_depth == 0)
            {
                return End(at, out used);
            }
        }

        used = bytes.Length;
        return SkipStatus.Unfinished;
    }

    private static SkipStatus End(int at, out int used)
    {
        used = at;
        return SkipStatus.Ended;
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
