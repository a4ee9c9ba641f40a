using System.Text;

namespace Gateway.Benchmarks.SideBySide.Wire;

/// <summary>Bytes with slots for numbers: <c>{#name:width}</c> in the text.</summary>
internal sealed class Pattern
{
    private readonly Dictionary<string, Range> _slots = [];

    public Pattern(string text)
    {
        var plain = new StringBuilder();
        int at = 0;
        while (text.IndexOf("{#", at, StringComparison.Ordinal) is >= 0 and var open)
        {
            int close = text.IndexOf('}', open);
            string[] slot = text[(open + 2)..close].Split(':');
            int width = int.Parse(slot[1], System.Globalization.CultureInfo.InvariantCulture);
            plain.Append(text, at, open - at);
            _slots.Add(slot[0], plain.Length..(plain.Length + width));
            plain.Append('0', width);
            at = close + 1;
        }

        plain.Append(text, at, text.Length - at);
        Bytes = Encoding.ASCII.GetBytes(plain.ToString());
    }

    public byte[] Bytes { get; }

    public Range this[string slot] => _slots[slot];
}
