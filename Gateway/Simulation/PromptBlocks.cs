using System.Buffers;
using System.Buffers.Binary;

namespace Gateway.Simulation;

/// <summary>
/// A prompt as tokens and blocks, without a tokenizer: four bytes of its JSON text are a token, 64 tokens a block. A conversation that goes on
/// begins with the same bytes, so it begins with the same blocks.
/// </summary>
internal static class PromptBlocks
{
    public const int BytesPerToken = 4;
    public const int TokensPerBlock = 64;

    private const int BytesPerBlock = BytesPerToken * TokensPerBlock;

    // 2^64 divided by the golden ratio: the usual odd multiplier that spreads neighbouring values.
    private const ulong Spread = 0x9E3779B97F4A7C15;

    public static int Tokens(long bytes) => (int)((bytes + BytesPerToken - 1) / BytesPerToken);

    /// <summary>One hash for each whole block, made from that block and all before it.</summary>
    public static ulong[] Hash(in ReadOnlySequence<byte> prompt)
    {
        var hashes = new ulong[prompt.Length / BytesPerBlock];
        Span<byte> block = stackalloc byte[BytesPerBlock];
        var rest = new SequenceReader<byte>(prompt);
        ulong hash = Spread;
        for (int i = 0; i < hashes.Length; i++)
        {
            rest.TryCopyTo(block);
            rest.Advance(BytesPerBlock);
            for (int at = 0; at < BytesPerBlock; at += sizeof(ulong))
            {
                hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(block[at..])) * Spread;
                hash ^= hash >> 32;
            }

            hashes[i] = hash;
        }

        return hashes;
    }
}
