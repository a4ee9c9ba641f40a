using System.Text.Json;

namespace Gateway.Telemetry;

/// <summary>
/// Reads the last <c>usage</c> object in the end of an answer, whose beginning is not there any more: OpenAI's chat and completions
/// (<c>prompt_tokens</c>), its responses and Anthropic's messages (<c>input_tokens</c>).
/// </summary>
internal static class UsageReader
{
    // An honest answer is read at the first try; each further one costs an exception.
    private const int MaxTries = 4;

    private static ReadOnlySpan<byte> Name => "\"usage\""u8;

    private static ReadOnlySpan<byte> LineEnds => "\r\n"u8;

    /// <param name="end">The last bytes of the answer.</param>
    /// <param name="lines">Which of its lines count.</param>
    /// <param name="usage">What was found.</param>
    /// <returns>Where in <paramref name="end"/> it stands; -1 when there is none.</returns>
    public static int FindLast(ReadOnlySpan<byte> end, UsageLines lines, out TokenUsage usage)
    {
        usage = default;
        int tries = 0;
        ReadOnlySpan<byte> before = end;
        while (tries < MaxTries && before.LastIndexOf(Name) is >= 0 and int at)
        {
            before = before[..at];
            if (IsEscaped(before) || (!IsData(before, lines)))
                continue;
            if (!TryEnterObject(end[(at + Name.Length)..], out ReadOnlySpan<byte> value))
                continue;
            if (TryRead(value, out usage))
                return at;
            tries++;
        }

        usage = default;
        return -1;
    }

    /// <summary>Whether whole lines hold what <see cref="FindLast"/> would look at more closely. A <c>usage</c> that is null is none.</summary>
    public static bool MayFind(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf(Name) is >= 0 and int at)
        {
            lines = lines[(at + Name.Length)..];
            if (TryEnterObject(lines, out _))
                return true;
        }

        return false;
    }

    // Inside of a string a quote stands behind an odd number of backslashes.
    private static bool IsEscaped(ReadOnlySpan<byte> before) => ((before.Length - before.TrimEnd((byte)'\\').Length) & 1) == 1;

    private static bool IsData(ReadOnlySpan<byte> before, UsageLines lines)
    {
        if (lines == UsageLines.All)
            return true;
        int lineEnd = before.LastIndexOfAny(LineEnds);
        return (lineEnd < 0 && lines == UsageLines.DataAndCutOff) || before[(lineEnd + 1)..].StartsWith("data:"u8);
    }

    private static bool TryEnterObject(ReadOnlySpan<byte> behindName, out ReadOnlySpan<byte> value)
    {
        value = behindName.TrimStart(" \t\r\n"u8);
        if (value.IsEmpty || value[0] != ':')
            return false;
        value = value[1..].TrimStart(" \t\r\n"u8);
        return !value.IsEmpty && value[0] == '{';
    }

    private static bool TryRead(ReadOnlySpan<byte> value, out TokenUsage usage)
    {
        usage = default;
        var json = new Utf8JsonReader(value, isFinalBlock: false, default);
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.EndObject && json.CurrentDepth == 0)
                    return true;
                if (json.TokenType == JsonTokenType.PropertyName)
                    usage = ReadMember(ref json, usage);
            }
        }
        catch (JsonException)
        {
            // Not what an engine writes: there is nothing to count.
        }

        return false;
    }

    private static TokenUsage ReadMember(ref Utf8JsonReader json, TokenUsage usage)
    {
        if (json.CurrentDepth == 1)
        {
            if (json.ValueTextEquals("prompt_tokens"u8) || json.ValueTextEquals("input_tokens"u8))
                return usage with { Input = ReadCount(ref json) };
            if (json.ValueTextEquals("completion_tokens"u8) || json.ValueTextEquals("output_tokens"u8))
                return usage with { Output = ReadCount(ref json) };
            if (json.ValueTextEquals("cache_read_input_tokens"u8))
                return usage with { CachedInput = ReadCount(ref json) };
        }

        // Of prompt_tokens_details, or of input_tokens_details.
        return json.CurrentDepth == 2 && json.ValueTextEquals("cached_tokens"u8) ? usage with { CachedInput = ReadCount(ref json) } : usage;
    }

    private static long? ReadCount(ref Utf8JsonReader json) =>
        json.Read() && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out long count) && count >= 0 ? count : null;
}
