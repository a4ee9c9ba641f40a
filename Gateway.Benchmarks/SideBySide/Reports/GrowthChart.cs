namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>How the headline of a series of scenarios grows: a panel for each series, both axes logarithmic.</summary>
internal static class GrowthChart
{
    private const double PanelWidth = 400;
    private const double PanelHeight = 260;
    private const double Left = 62;
    private const double Right = 20;
    private const double Top = 44;
    private const double Bottom = 34;
    private const double Header = 60;
    private const int Columns = 2;

    /// <summary>Null when no scenario belongs to a series.</summary>
    public static string? Create(RunResults results)
    {
        var medians = new Medians(results.Measurements);
        ScenarioSeries[] all = [.. ScenarioSeries.Find(results.Scenarios).Where(series => Values(series, medians).Any())];
        if (all.Length == 0)
            return null;

        int rows = (all.Length + Columns - 1) / Columns;
        var page = new SvgPage(PanelWidth * Columns, Header + (rows * PanelHeight) + 10, "How costs grow");
        page.AddText(16, 24, "How it grows", "title");
        page.AddLegend(16, 46, medians.Contenders.Where(contender => all.Any(series => Curve(series, medians, contender).Length > 0)));
        for (int i = 0; i < all.Length; i++)
            Draw(page, all[i], medians, i % Columns * PanelWidth, Header + (i / Columns * PanelHeight));
        return page.ToString();
    }

    private static void Draw(SvgPage page, ScenarioSeries series, Medians medians, double left, double top)
    {
        Figure figure = series.Points[0].Scenario.HeadlineFigure();
        page.AddText(left + Left, top + 24, $"{series.Prefix}…", "title");
        page.AddText(left + PanelWidth - Right, top + 24, $"{figure.Title}, {figure.Unit}", "faint", "end");

        var x = new LogScale(series.Points[0].At, series.Points[^1].At, left + Left, left + PanelWidth - Right);
        double[] values = [.. Values(series, medians)];
        var y = LogScale.Around(values.Min(), values.Max(), top + PanelHeight - Bottom, top + Top);
        foreach (double tick in y.Ticks())
        {
            page.AddLine(left + Left, y.At(tick), left + PanelWidth - Right, y.At(tick), "grid");
            page.AddText(left + Left - 6, y.At(tick) + 4, Numbers.Show(tick), "faint", "end");
        }

        foreach ((double at, string label, _) in series.Points)
            page.AddText(x.At(at), top + PanelHeight - Bottom + 18, label, "faint", "middle");
        // The gateway last, so that no other curve covers it.
        foreach (string contender in medians.Contenders.OrderBy(contender => contender == MarkVerdict.Gateway))
        {
            if (Curve(series, medians, contender) is { Length: > 0 } points)
                page.AddCurve([.. points.Select(point => (x.At(point.At), y.At(point.Value)))],
                    SvgPage.Colour(contender), contender == MarkVerdict.Gateway ? 2.5 : 1.5);
        }
    }

    private static IEnumerable<double> Values(ScenarioSeries series, Medians medians) =>
        medians.Contenders.SelectMany(contender => Curve(series, medians, contender)).Select(point => point.Value);

    // What is nothing or less has no place on a logarithmic axis.
    private static (double At, double Value)[] Curve(ScenarioSeries series, Medians medians, string contender) =>
    [
        .. series.Points
            .Select(point => (point.At, medians.Of(point.Scenario.Name, contender, point.Scenario.HeadlineFigure())?.Median ?? 0))
            .Where(point => point.Item2 > 0),
    ];
}
