using System.Globalization;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>One measurement in one line, for someone who watches.</summary>
internal static class ProgressLine
{
    public static string Of(Scenario scenario, Measurement measurement, string? firstError)
    {
        string headline = measurement.Figures.TryGetValue(scenario.Headline.Name, out double value)
            ? $"{value.ToString("0.##", CultureInfo.InvariantCulture)} {scenario.Headline.Unit}"
            : "-";
        string errors = measurement.Errors == 0 ? "" : $", {measurement.Errors} errors ({firstError})";
        string busy = (measurement.ClientBusy * 100).ToString("0", CultureInfo.InvariantCulture);
        return $"{scenario.Name}, round {measurement.Round}, {measurement.Contender}: {headline}, client {busy} % busy{errors}";
    }
}
