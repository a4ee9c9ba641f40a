using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Simulation;

/// <summary>
/// What every simulated answer says: token i is <c>" w{i}"</c>, so that a reader sees at a glance whether all of them came and in which order.
/// Padding adds the letter x to each. No sign in it needs escaping in JSON.
/// </summary>
internal static class SimulatedText
{
    private const int Prepared = 4_096;
    private const int PaddingStep = 4_096;

    private static readonly byte[][] Tokens = [.. Enumerable.Range(0, Prepared).Select(Render)];
    private static readonly byte[] Padding = [.. Enumerable.Repeat((byte)'x', PaddingStep)];

    public static string Token(int index, int padBytes = 0) => Encoding.UTF8.GetString(Bytes(index)) + new string('x', padBytes);

    /// <summary>The whole text of an answer.</summary>
    public static string Whole(int tokens, int padBytes = 0)
    {
        var text = new StringBuilder(tokens * (6 + padBytes));
        for (int i = 0; i < tokens; i++)
            text.Append(" w").Append(i).Append('x', padBytes);
        return text.ToString();
    }

    public static void WriteToken(IBufferWriter<byte> output, int index, int padBytes)
    {
        output.Write(Bytes(index));
        for (int left = padBytes; left > 0; left -= PaddingStep)
            output.Write(Padding.AsSpan(0, Math.Min(left, PaddingStep)));
    }

    private static byte[] Bytes(int index) => index < Prepared ? Tokens[index] : Render(index);

    private static byte[] Render(int index) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" w{index}"));
}
