using System.Globalization;

namespace Gateway.Simulation;

/// <summary>The request headers by which a client asks a simulated engine for a fault, or for an answer of another length or speed.</summary>
internal static class SimulatedFaultHeaders
{
    /// <summary>All of them begin with this.</summary>
    public const string Prefix = "x-sim-";

    /// <summary>An error status, for example <c>503</c>.</summary>
    public const string Status = "x-sim-status";

    /// <summary>Seconds for the <c>Retry-After</c> of that error.</summary>
    public const string RetryAfter = "x-sim-retry-after";

    /// <summary>The <c>x-llm-d-request-dropped-reason</c> of that error.</summary>
    public const string DroppedReason = "x-sim-dropped-reason";

    /// <summary><c>before-body</c>, <c>before-headers</c>, <c>mid-stream</c> or <c>mid-event</c>: a TCP reset.</summary>
    public const string Reset = "x-sim-reset";

    /// <summary>The same values for an orderly end of the bytes, and <c>keep-alive</c>: after the answer, without having announced it.</summary>
    public const string Close = "x-sim-close";

    /// <summary><c>before-body</c>, <c>before-headers</c>, <c>mid-stream</c> or <c>mid-event</c>: silence until the client leaves.</summary>
    public const string Stall = "x-sim-stall";

    /// <summary>Whole events before a fault in mid-stream or mid-event.</summary>
    public const string After = "x-sim-after";

    /// <summary>Milliseconds before the head.</summary>
    public const string HeaderDelay = "x-sim-header-delay-ms";

    /// <summary>Bytes added to every token's text.</summary>
    public const string PadBytes = "x-sim-pad-bytes";

    /// <summary>Milliseconds to the first token.</summary>
    public const string TimeToFirstToken = "x-sim-ttft-ms";

    /// <summary>Milliseconds from token to token.</summary>
    public const string TimePerToken = "x-sim-token-ms";

    /// <summary>Length of the answer.</summary>
    public const string Tokens = "x-sim-tokens";

    private static readonly Dictionary<string, FaultPoint> Points = new(StringComparer.Ordinal)
    {
        ["before-body"] = FaultPoint.BeforeBody,
        ["before-headers"] = FaultPoint.BeforeHeaders,
        ["mid-stream"] = FaultPoint.MidStream,
        ["mid-event"] = FaultPoint.MidEvent,
        ["keep-alive"] = FaultPoint.KeepAlive,
    };

    /// <exception cref="FormatException">A header has a value that is not allowed; the message names it.</exception>
    public static SimulatedFault Read(IHeaderDictionary headers)
    {
        if (!AnyIn(headers))
            return SimulatedFault.None;

        return new SimulatedFault
        {
            Status = Number(headers, Status, 400, 599),
            RetryAfter = Number(headers, RetryAfter),
            DroppedReason = Text(headers, DroppedReason),
            Reset = Point(headers, Reset, FaultPoint.MidEvent),
            Close = Point(headers, Close, FaultPoint.KeepAlive),
            Stall = Point(headers, Stall, FaultPoint.MidEvent),
            AfterEvents = Number(headers, After),
            HeaderDelay = Milliseconds(headers, HeaderDelay),
            PadBytes = Number(headers, PadBytes),
            TimeToFirstToken = Milliseconds(headers, TimeToFirstToken),
            TimePerToken = Milliseconds(headers, TimePerToken),
            Tokens = Number(headers, Tokens, least: 1),
        };
    }

    // Most requests ask for nothing: one pass over their few headers is cheaper than twelve look-ups.
    private static bool AnyIn(IHeaderDictionary headers)
    {
        foreach (string name in headers.Keys)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string? Text(IHeaderDictionary headers, string name) => headers.TryGetValue(name, out var value) ? value.ToString() : null;

    private static int? Number(IHeaderDictionary headers, string name, int least = 0, int most = int.MaxValue)
    {
        if (Text(headers, name) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        throw new FormatException($"{name}: '{text}' is not a whole number from {least} to {most}");
    }

    private static TimeSpan? Milliseconds(IHeaderDictionary headers, string name) =>
        Number(headers, name) is { } number ? TimeSpan.FromMilliseconds(number) : null;

    private static FaultPoint? Point(IHeaderDictionary headers, string name, FaultPoint last)
    {
        if (Text(headers, name) is not { } text)
            return null;
        if (Points.TryGetValue(text, out FaultPoint point) && point <= last)
            return point;
        string allowed = string.Join(", ", Points.Where(known => known.Value <= last).Select(known => known.Key));
        throw new FormatException($"{name}: '{text}' is not one of {allowed}");
    }
}
