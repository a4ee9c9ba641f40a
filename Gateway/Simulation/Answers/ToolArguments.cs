using System.Buffers;
using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary>
/// The arguments of a simulated call, <c>{"text":" w0 w1 …"}</c>, in pieces of one token each. They travel as a JSON string inside JSON,
/// so their own quotes are written escaped.
/// </summary>
internal static class ToolArguments
{
    private const string Before = "{\\\"text\\\":\\\"";
    private const string After = "\\\"}";

    public static string CallId(Generation generation) => $"call-{generation.Id}";

    public static string Whole(Generation generation) => $"{Before}{generation.Text}{After}";

    /// <summary>The pieces of all tokens, joined, are <see cref="Whole"/>.</summary>
    public static void WritePiece(IBufferWriter<byte> output, Generation generation, int index)
    {
        if (index == 0)
            Encoding.UTF8.GetBytes(Before, output);
        SimulatedText.WriteToken(output, index, generation.PadBytes);
        if (index == generation.Tokens - 1)
            Encoding.UTF8.GetBytes(After, output);
    }
}
