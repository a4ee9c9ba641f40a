using System.Text;
using CsCheck;
using Gateway.Peeking;

namespace Gateway.Tests.Peeking;

/// <summary>The skipper, which looks at 64 bytes at a time, against one that looks at one.</summary>
public sealed class JsonValueSkipperProperties
{
    private static readonly Gen<string>[] Starts = [Gen.Const("\""), Gen.Const("["), Gen.Const("{")];

    private static readonly Gen<string>[] Signs =
        [.. Starts, Gen.Const("]"), Gen.Const("}"), Gen.Const("a"), Gen.Const("\\"), Gen.Const("\\\\"), Gen.Const("\\\"")];

    // Mostly signs, so that runs of backslashes and nests of brackets stand at every place of a block.
    private static readonly Gen<string> Texts = Gen.Frequency(
        (8, Gen.OneOf(Signs)),
        (1, Gen.Int[1, 200].Select(length => new string('x', length))),
        (1, Gen.Int[1, 130].Select(length => new string('\\', length))))
        .Array[0, 80]
        .Select(string.Concat);

    [Fact]
    public void TheEndOfAValue_IsFoundWhereverPiecesAreCut() =>
        Gen.Select(Gen.OneOf(Starts), Texts, Gen.Int[0, 150].Array[0, 5]).Sample((start, rest, cuts) =>
        {
            byte[] bytes = Encoding.ASCII.GetBytes(start + rest);
            (SkipStatus expected, int expectedEnd) = SkipOneByOne(bytes);

            (SkipStatus status, int end) = Skip(bytes, cuts);

            Assert.Equal(expected, status);
            if (status is SkipStatus.Ended or SkipStatus.Unfinished)
                Assert.Equal(expectedEnd, end);
        });

    private static (SkipStatus Status, int End) Skip(ReadOnlySpan<byte> bytes, int[] cuts)
    {
        var skipper = default(JsonValueSkipper);
        int at = 0;
        foreach (int cut in cuts.Append(int.MaxValue))
        {
            int length = Math.Min(cut, bytes.Length - at);
            SkipStatus status = skipper.Skip(bytes.Slice(at, length), out int used);
            at += used;
            if (status != SkipStatus.Unfinished)
                return (status, at);
            Assert.Equal(length, used);
        }

        return (SkipStatus.Unfinished, at);
    }

    private static (SkipStatus Status, int End) SkipOneByOne(ReadOnlySpan<byte> bytes)
    {
        var open = new Stack<char>();
        bool inString = false;
        bool escaped = false;
        for (int at = 0; at < bytes.Length; at++)
        {
            char sign = (char)bytes[at];
            bool isEscaped = escaped;
            escaped = sign == '\\' && !isEscaped;
            if (sign == '"' && !isEscaped)
                inString = !inString;
            else if (inString)
                continue;
            else if (sign is '[' or '{')
                open.Push(sign);
            else if (sign is not (']' or '}'))
                continue;
            else if (open.Pop() != (sign == ']' ? '[' : '{'))
                return (SkipStatus.Malformed, at);

            if (open.Count >= JsonValueSkipper.MaxDepth)
                return (SkipStatus.TooDeep, at);
            if (open.Count == 0 && !inString)
                return (SkipStatus.Ended, at + 1);
        }

        return (SkipStatus.Unfinished, bytes.Length);
    }
}
