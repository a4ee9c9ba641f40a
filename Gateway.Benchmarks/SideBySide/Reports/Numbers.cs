using System.Globalization;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>Numbers as people read them: three digits that count.</summary>
internal static class Numbers
{
    public static string Show(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>The median, and from where to where the rounds went, when they differ.</summary>
    public static string Show(Spread spread)
    {
        (string median, string min, string max) = (Show(spread.Median), Show(spread.Min), Show(spread.Max));
        return min == max ? median : $"{median} ({min}–{max})";
    }
}
