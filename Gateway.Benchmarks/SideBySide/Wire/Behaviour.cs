using System.Buffers.Text;

namespace Gateway.Benchmarks.SideBySide.Wire;

/// <summary>What the client asks the engine to do, by a header that every proxy passes on.</summary>
/// <param name="Number">Of the request; comes back in the answer.</param>
/// <param name="Tokens">How many the answer has; 0 for an answer in one piece.</param>
/// <param name="Gap">Nanoseconds between two bursts; 0 for as fast as the connection takes them.</param>
/// <param name="Burst">How many tokens are sent at once.</param>
/// <param name="Holds">Whether the stream stays open without an end after its tokens.</param>
internal readonly record struct Behaviour(long Number, int Tokens, long Gap, int Burst, bool Holds)
{
    public static readonly Behaviour Unary = new(0, 0, 0, 1, Holds: false);

    public static Behaviour Stream(int tokens, int gapMicroseconds, int burst) => new(0, tokens, gapMicroseconds * 1_000L, burst, Holds: false);

    public static Behaviour Idle => new(0, 1, 0, 1, Holds: true);

    /// <summary>The header's value, with a slot for the number as <see cref="Wire.Pattern"/> has them.</summary>
    public string Pattern => $"number={{#number:12}} tokens={Tokens} gap_us={Gap / 1_000} burst={Burst} holds={(Holds ? 1 : 0)}";

    public static Behaviour Parse(ReadOnlySpan<byte> header)
    {
        long number = 0;
        long tokens = 0;
        long gap = 0;
        long burst = 1;
        long holds = 0;
        while (!header.IsEmpty)
        {
            int space = header.IndexOf((byte)' ');
            ReadOnlySpan<byte> word = space < 0 ? header : header[..space];
            header = space < 0 ? default : header[(space + 1)..];
            int equals = word.IndexOf((byte)'=');
            if (equals < 1 || !Utf8Parser.TryParse(word[(equals + 1)..], out long value, out _))
                continue;
            switch (word[0])
            {
                case (byte)'n': number = value; break;
                case (byte)'t': tokens = value; break;
                case (byte)'g': gap = value * 1_000; break;
                case (byte)'b': burst = Math.Max(1, value); break;
                case (byte)'h': holds = value; break;
                default: break;
            }
        }

        return new Behaviour(number, (int)tokens, gap, (int)burst, holds != 0);
    }
}
