using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Simulation.Answers;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>What an engine says to a request, byte for byte. Only the number of the answer and the time are taken from what came.</summary>
internal sealed partial class ExpectedAnswer
{
    private ExpectedAnswer(string id, string engine, byte[] bytes)
    {
        Id = id;
        Engine = engine;
        Bytes = bytes;
    }

    public string Id { get; }

    /// <summary>The name of the engine that speaks.</summary>
    public string Engine { get; }

    public byte[] Bytes { get; }

    /// <returns>Null when so little has come that it does not say who speaks.</returns>
    public static ExpectedAnswer? Of(StormRequest request, ReadOnlySpan<byte> came)
    {
        Match head = Head().Match(Encoding.Latin1.GetString(came[..Math.Min(came.Length, 300)]));
        if (!head.Success)
            return null;

        string id = head.Groups["id"].Value;
        var answer = new ChatAnswer(new Generation
        {
            Id = id,
            Created = long.Parse(head.Groups["created"].Value, CultureInfo.InvariantCulture),
            Model = request.Model,
            PromptTokens = request.PromptTokens,
            CachedTokens = 0,
            Tokens = request.Tokens,
            IsCutShort = true,
            PadBytes = 0,
            IncludesUsage = true,
        });
        byte[] bytes = request.IsStream ? Stream(answer, request.Tokens) : Encoding.UTF8.GetBytes(answer.Whole());
        return new ExpectedAnswer(id, head.Groups["engine"].Value, bytes);
    }

    private static byte[] Stream(ChatAnswer answer, int tokens)
    {
        var stream = new ArrayBufferWriter<byte>();
        foreach (string opening in answer.OpeningEvents())
            Encoding.UTF8.GetBytes(opening, stream);
        for (int i = 0; i < tokens; i++)
            answer.WriteTokenEvent(stream, i);
        foreach (string closing in answer.ClosingEvents())
            Encoding.UTF8.GetBytes(closing, stream);
        return stream.WrittenSpan.ToArray();
    }

    [GeneratedRegex("""^(data: )?\{"id":"chatcmpl-(?<id>(?<engine>\d+)-\d+)","object":"[a-z.]+","created":(?<created>\d+),""", RegexOptions.ExplicitCapture)]
    private static partial Regex Head();
}
