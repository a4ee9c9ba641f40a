using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>Scenarios whose names differ in their last number only, such as <c>endpoints-1</c> and <c>endpoints-1000</c>: how the work grows.</summary>
/// <param name="Prefix">What their names begin with.</param>
/// <param name="Points">By their number, in bytes for those with a unit.</param>
internal sealed partial record ScenarioSeries(string Prefix, IReadOnlyList<(double At, string Label, ScenarioDescription Scenario)> Points)
{
    public static IReadOnlyList<ScenarioSeries> Find(IReadOnlyList<ScenarioDescription> scenarios) =>
    [
        .. scenarios
            .Select(scenario => (Scenario: scenario, Match: NumberAtTheEnd().Match(scenario.Name)))
            .Where(named => named.Match.Success)
            .GroupBy(named => (Prefix: named.Match.Groups[1].Value, named.Scenario.Headline))
            .Where(group => group.Count() > 1)
            .Select(group => new ScenarioSeries(group.Key.Prefix,
            [
                .. group
                    .Select(named => (Value(named.Match), $"{named.Match.Groups[2].Value} {named.Match.Groups[3].Value.ToUpperInvariant()}".TrimEnd(), named.Scenario))
                    .OrderBy(point => point.Item1),
            ])),
    ];

    /// <summary>Where a scenario stands in its series; null when its name does not end with a number.</summary>
    public static double? Position(string scenario) => NumberAtTheEnd().Match(scenario) is { Success: true } match ? Value(match) : null;

    private static double Value(Match match) => double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) * match.Groups[3].Value switch
    {
        "kb" => 1 << 10,
        "mb" => 1 << 20,
        _ => 1,
    };

    [GeneratedRegex("^(.*-)([0-9]+)(kb|mb|)$")]
    private static partial Regex NumberAtTheEnd();
}
