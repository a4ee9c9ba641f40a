namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>Every scenario's headline as a multiple of the gateway's: bars to the right where the gateway is better, to the left where it isn't.</summary>
internal static class RatioChart
{
    private const double Left = 210;
    private const double PlotWidth = 560;
    private const double Top = 74;
    private const double BarHeight = 11;
    private const double GroupGap = 16;

    // Four times worse than the gateway is told as well as ten: longer bars are cut, and say their number.
    private const double WidestRatio = 8;
    private const double NarrowestRatio = 0.25;

    // Not a peer: nothing that copies can be as cheap.
    private const string NoProxy = "direct";

    private static readonly double[] Ticks = [0.25, 0.5, 1, 2, 4, 8];

    public static string Create(RunResults results)
    {
        var medians = new Medians(results.Measurements);
        (ScenarioDescription Scenario, (string Contender, double Ratio)[] Bars)[] groups =
            [.. results.Scenarios.Select(scenario => (scenario, Bars(scenario, medians))).Where(group => group.Item2.Length > 0)];
        double height = Top + groups.Sum(group => (group.Bars.Length * BarHeight) + GroupGap) + 24;

        var page = new SvgPage(Left + PlotWidth + 60, height, "The peers' costs as multiples of the gateway's");
        page.AddText(16, 24, "The peers, with the gateway as 1", "title");
        page.AddText(16, 40, "right of the line: the peer takes so many times as much as the gateway, or does so many times less a second", "faint");
        page.AddLegend(16, 60, medians.Contenders.Where(contender => groups.Any(group => group.Bars.Any(bar => bar.Contender == contender))));
        foreach (double tick in Ticks)
        {
            page.AddLine(X(tick), Top - 4, X(tick), height - 20, tick == 1 ? "one" : "grid");
            page.AddText(X(tick), height - 6, $"{Numbers.Show(tick)} ×", "faint", "middle");
        }

        double y = Top;
        foreach ((ScenarioDescription scenario, (string Contender, double Ratio)[] bars) in groups)
        {
            double middle = y + (bars.Length * BarHeight / 2);
            page.AddText(Left - 12, middle, scenario.Name, anchor: "end");
            page.AddText(Left - 12, middle + 13, scenario.HeadlineFigure().Title, "faint", "end");
            foreach ((string contender, double ratio) in bars)
            {
                page.AddBar(Math.Min(X(1), X(ratio)), y, Math.Max(1, Math.Abs(X(ratio) - X(1))), BarHeight - 2, SvgPage.Colour(contender));
                page.AddText(Math.Max(X(1), X(ratio)) + 4, y + BarHeight - 2, Numbers.Show(ratio), "faint");
                y += BarHeight;
            }

            y += GroupGap;
        }

        return page.ToString();
    }

    private static (string Contender, double Ratio)[] Bars(ScenarioDescription scenario, Medians medians) =>
    [
        .. medians.Contenders
            .Where(contender => contender is not (MarkVerdict.Gateway or NoProxy))
            .Select(contender => (contender, Ratio(scenario, medians, contender)))
            .Where(bar => bar.Item2 > 0),
    ];

    private static double Ratio(ScenarioDescription scenario, Medians medians, string contender)
    {
        Figure figure = scenario.HeadlineFigure();
        return (figure.HigherIsBetter
            ? medians.Ratio(scenario.Name, figure, MarkVerdict.Gateway, contender)
            : medians.Ratio(scenario.Name, figure, contender, MarkVerdict.Gateway)) ?? 0;
    }

    private static double X(double ratio)
    {
        double shown = Math.Clamp(ratio, NarrowestRatio, WidestRatio);
        return Left + (PlotWidth * Math.Log2(shown / NarrowestRatio) / Math.Log2(WidestRatio / NarrowestRatio));
    }
}
