namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>The rounds of a run taken together.</summary>
internal sealed class Medians(IReadOnlyList<Measurement> measurements)
{
    private readonly ILookup<(string Scenario, string Contender), Measurement> _rounds =
        measurements.ToLookup(measurement => (measurement.Scenario, measurement.Contender));

    /// <summary>In the order in which they first ran.</summary>
    public IReadOnlyList<string> Contenders { get; } = [.. measurements.Select(measurement => measurement.Contender).Distinct()];

    public bool Has(string scenario, string contender) => _rounds.Contains((scenario, contender));

    /// <summary>Null when it was not measured.</summary>
    public Spread? Of(string scenario, string contender, Figure figure)
    {
        double[] values =
        [
            .. _rounds[(scenario, contender)]
                .Where(round => round.Figures.ContainsKey(figure.Name))
                .Select(round => round.Figures[figure.Name]),
        ];
        return values.Length == 0 ? null : Spread.Of(values);
    }

    /// <summary>One contender's median as a multiple of another's; null when one is missing, or there is nothing to divide by.</summary>
    public double? Ratio(string scenario, Figure figure, string contender, string reference) =>
        Of(scenario, contender, figure)?.Median is { } value && Of(scenario, reference, figure)?.Median is > 0 and var other ? value / other : null;

    public long Errors(string scenario, string contender) => _rounds[(scenario, contender)].Sum(round => round.Errors);

    /// <summary>Whether in any round the figures tell of the client rather than of the contender.</summary>
    public bool ClientWasTheLimit(string scenario, string contender) => _rounds[(scenario, contender)].Any(round => round.ClientWasTheLimit);
}
