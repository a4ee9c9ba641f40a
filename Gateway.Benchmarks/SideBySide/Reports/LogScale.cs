namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>From values to places on a page, equal ratios equally far apart.</summary>
internal readonly record struct LogScale(double Low, double High, double Start, double End)
{
    /// <summary>With the tick below the lowest and the one above the highest at its ends.</summary>
    public static LogScale Around(double lowest, double highest, double start, double end) =>
        new(Steps(lowest).Last(step => step <= lowest), Steps(highest).First(step => step >= highest), start, end);

    public double At(double value) =>
        High > Low ? Start + ((End - Start) * Math.Log(value / Low) / Math.Log(High / Low)) : (Start + End) / 2;

    /// <summary>1, 2, 5, 10, 20, …; only the tens when there would be many.</summary>
    public IEnumerable<double> Ticks()
    {
        (double low, double high) = (Low, High);
        double[] all = [.. Enumerable.Range((int)Math.Floor(Math.Log10(low)), 14).SelectMany(Decade).Where(tick => tick >= low * 0.999 && tick <= high * 1.001)];
        return all.Length <= 8 ? all : all.Where(tick => Math.Abs(Math.Log10(tick) - Math.Round(Math.Log10(tick))) < 0.01);
    }

    private static IEnumerable<double> Steps(double near) =>
        Enumerable.Range((int)Math.Floor(Math.Log10(near)) - 1, 4).SelectMany(Decade);

    private static double[] Decade(int exponent) => [Math.Pow(10, exponent), 2 * Math.Pow(10, exponent), 5 * Math.Pow(10, exponent)];
}
