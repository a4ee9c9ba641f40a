namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>What a run says of a mark.</summary>
/// <param name="Scenario">The one that counted; null when nothing was measured.</param>
/// <param name="Value">In the unit of <see cref="Mark.Bound"/>.</param>
/// <param name="Errors">The gateway's in that scenario: with any, no mark is held.</param>
/// <param name="ClientWasTheLimit">Then the value says too little.</param>
internal sealed record MarkVerdict(Mark Mark, string? Scenario, double Value, long Errors, bool ClientWasTheLimit)
{
    public const string Gateway = "gateway";

    public bool IsHeld => Scenario is not null && Errors == 0 && Mark.Holds(Value);

    public static MarkVerdict Of(Mark mark, IEnumerable<ScenarioDescription> scenarios, Medians medians)
    {
        MarkVerdict worst = new(mark, null, 0, 0, false);
        foreach (string scenario in scenarios.Select(scenario => scenario.Name).Where(mark.Covers))
        {
            double? value = mark.Reference is null
                ? medians.Of(scenario, Gateway, mark.Figure)?.Median
                : medians.Ratio(scenario, mark.Figure, Gateway, mark.Reference);
            if (value is not null)
                worst = Worse(worst, new MarkVerdict(mark, scenario, value.Value, medians.Errors(scenario, Gateway), AnyLimit(scenario)));
        }

        return worst;

        bool AnyLimit(string scenario) => medians.ClientWasTheLimit(scenario, Gateway)
            || (mark.Reference is not null && medians.ClientWasTheLimit(scenario, mark.Reference));
    }

    private static MarkVerdict Worse(MarkVerdict one, MarkVerdict other)
    {
        if (one.Scenario is null || other.Errors > 0)
            return other;
        return one.Errors == 0 && (one.Mark.Figure.HigherIsBetter ? other.Value < one.Value : other.Value > one.Value) ? other : one;
    }
}
