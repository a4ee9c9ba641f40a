using System.Text;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>The tables in fixed columns.</summary>
internal static class ConsoleReport
{
    public static string Create(RunResults results)
    {
        var medians = new Medians(results.Measurements);
        var text = new StringBuilder();
        foreach (ScenarioDescription scenario in results.Scenarios)
        {
            ScenarioTable table = ScenarioTable.Create(scenario, medians, errors => $"!! {errors}");
            if (table.Rows.Count > 0)
                Append(text, table);
        }

        if (results.Measurements.Any(measurement => measurement.ClientWasTheLimit))
            text.AppendLine(ScenarioTable.LimitNote);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ScenarioTable table)
    {
        int[] widths = [.. table.Header.Select((title, i) => Math.Max(title.Length, table.Rows.Max(row => row[i].Length)))];
        text.AppendLine().AppendLine($"{table.Scenario.Name}: {table.Scenario.Title}");
        foreach (IReadOnlyList<string> row in table.Rows.Prepend(table.Header))
            text.AppendLine(string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))));
    }
}
