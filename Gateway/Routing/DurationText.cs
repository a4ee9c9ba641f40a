using System.Globalization;

namespace Gateway.Routing;

/// <summary>A duration as an operator writes it, in configuration and in a mapping.</summary>
internal static class DurationText
{
    public const string Form = "[d.]hh:mm:ss[.fff]";

    /// <summary>Timers take at most 2³¹ ms, which is a little more.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    // The standard format "c" would also take "2" for two days, and "1:30" for an hour and a half.
    private static readonly string[] Formats =
        [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    public static bool TryParse(string text, out TimeSpan duration) =>
        TimeSpan.TryParseExact(text, Formats, CultureInfo.InvariantCulture, out duration) && duration <= Longest;

    public static string Of(TimeSpan duration)
    {
        string text = duration.ToString("c", CultureInfo.InvariantCulture);
        return duration.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }
}
