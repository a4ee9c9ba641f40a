using System.Globalization;
using System.Text;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>The page that the repository keeps: where it ran, the marks, every table.</summary>
internal static class MarkdownReport
{
    public static string Create(RunResults results, string ratioChart, string? growthChart)
    {
        var medians = new Medians(results.Measurements);
        var page = new StringBuilder();
        AppendRun(page, results.Run);
        Line(page, $"![The peers' costs as multiples of the gateway's]({ratioChart})", "");
        if (growthChart is not null)
            Line(page, $"![How costs grow]({growthChart})", "");
        AppendMarks(page, results, medians);

        Line(page, "## Figures", "", "Medians of all rounds, in parentheses from where to where they went; `× peer` is the first figure as a multiple of the peer's.", "");
        if (results.Measurements.Any(measurement => measurement.ClientWasTheLimit))
            Line(page, ScenarioTable.LimitNote, "");
        foreach (ScenarioDescription scenario in results.Scenarios)
            AppendTable(page, ScenarioTable.Create(scenario, medians, errors => $"**{errors}**"), results.RoundsOf(scenario.Name));
        return page.ToString().TrimEnd() + "\n";
    }

    private static void AppendRun(StringBuilder page, RunDescription run)
    {
        Line(page,
            $"# The gateway beside its peers{(run.Quota is null ? "" : ", under a quota")}", "",
            "Made by `dotnet run --project Gateway.Benchmarks -c Release -- report` from the results of `side-by-side`.",
            "Ratios within a run travel to other machines; times do not.", "",
            "| | |", "| --- | --- |",
            $"| date | {run.Date.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC |");
        Line(page, run.Facts().Select(fact => $"| {fact.Name} | {fact.Value} |"));
        Line(page, "");
    }

    private static void AppendMarks(StringBuilder page, RunResults results, Medians medians)
    {
        Line(page, "## Marks", "", "Where a mark is about several scenarios, the worst one counts.", "",
            "| work | figure | | mark | here | |", "| --- | --- | --- | --- | --- | --- |");
        foreach (MarkVerdict verdict in Marks.All.Select(mark => MarkVerdict.Of(mark, results.Scenarios, medians)))
        {
            Mark mark = verdict.Mark;
            string scenario = mark.Scenario == verdict.Scenario ? "" : $" (`{verdict.Scenario}`)";
            (string here, string word) = verdict.Scenario is null
                ? ("", "not measured")
                : ($"{Numbers.Show(verdict.Value)}{(verdict.ClientWasTheLimit ? $" {ScenarioTable.LimitSign}" : "")}{scenario}", Word(verdict));
            Line(page, $"| {mark.Work} | {mark.Figure.Title} | {(mark.IsMust ? "must" : "aim")} | {mark.Rule} | {here} | {word} |");
        }

        Line(page, "");
    }

    private static string Word(MarkVerdict verdict) => verdict switch
    {
        { Errors: > 0 } => $"**{Numbers.Show(verdict.Errors)} errors**",
        { IsHeld: true } => "held",
        _ => "not held",
    };

    private static void AppendTable(StringBuilder page, ScenarioTable table, int rounds)
    {
        if (table.Rows.Count == 0)
            return;
        Line(page, $"### `{table.Scenario.Name}`: {table.Scenario.Title}", "", $"{rounds} {(rounds == 1 ? "round" : "rounds")}.", "", Row(table.Header), Row(table.Header.Select((_, i) => i == 0 ? "---" : "---:")));
        foreach (IReadOnlyList<string> row in table.Rows)
            Line(page, Row(row));
        Line(page, "");
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    // The page is the same on every system.
    private static void Line(StringBuilder page, params IEnumerable<string> lines) => page.AppendJoin('\n', lines).Append('\n');
}
