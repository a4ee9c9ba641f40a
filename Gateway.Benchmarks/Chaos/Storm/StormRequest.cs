using System.Text;
using Gateway.Simulation;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>One chat request of a storm. No two that run at the same time have prompts of the same length, so that no answer fits another one.</summary>
internal sealed record StormRequest
{
    private const int LargeBytes = 200_000;
    private const int Lengths = 1_000;
    private const int MostTokens = 60;

    /// <summary>Counts from 1.</summary>
    public required int Number { get; init; }

    public required string Model { get; init; }

    /// <summary>Null where any engine may answer.</summary>
    public required string? OwnedBy { get; init; }

    /// <summary>Whether the engine is named in a header, not in the body.</summary>
    public required bool NamesInHeader { get; init; }

    public required bool IsStream { get; init; }

    public required int Tokens { get; init; }

    /// <summary>How many bytes of the answer the client takes before it leaves; null when it stays.</summary>
    public required int? LeavesAfter { get; init; }

    private string Messages { get; init; } = "";

    public int PromptTokens => PromptBlocks.Tokens(Messages.Length);

    public byte[] Body
    {
        get
        {
            string owner = OwnedBy is null || NamesInHeader ? "" : $$""","owned_by":"{{OwnedBy}}" """;
            string stream = IsStream ? ""","stream":true,"stream_options":{"include_usage":true}""" : "";
            return Encoding.ASCII.GetBytes($$"""{"model":"{{Model}}","messages":{{Messages}}{{owner}},"max_tokens":{{Tokens}}{{stream}}}""");
        }
    }

    public static StormRequest Draw(Random random, int number)
    {
        bool isStream = random.Next(3) > 0;
        bool isRare = random.Next(8) == 0;
        int length = (random.Next(10) == 0 ? LargeBytes : 0) + (number % Lengths * PromptBlocks.BytesPerToken);
        return new StormRequest
        {
            Number = number,
            Model = isRare ? StormFleet.Rare : StormFleet.Shared,
            OwnedBy = random.Next(3) switch
            {
                0 => StormFleet.Vllm,
                1 when !isRare => StormFleet.Sglang,
                _ => null,
            },
            NamesInHeader = random.Next(2) == 0,
            IsStream = isStream,
            Tokens = random.Next(1, MostTokens + 1),
            LeavesAfter = isStream && random.Next(10) == 0 ? random.Next(5_000) : null,
            Messages = $$"""[{"role":"user","content":"{{number:d9}} {{new string('x', length)}}"}]""",
        };
    }
}
