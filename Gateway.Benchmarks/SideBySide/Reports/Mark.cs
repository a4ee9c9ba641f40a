namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>What the gateway has to reach.</summary>
/// <param name="Work">In a few words.</param>
/// <param name="IsMust">False for what is aimed at.</param>
/// <param name="Scenario">A name; or its beginning and <c>*</c>, and the worst of them counts.</param>
/// <param name="Figure">What is compared; a rate must reach the bound, anything else must stay within it.</param>
/// <param name="Bound">A multiple of <paramref name="Reference"/>'s figure, or the figure itself.</param>
/// <param name="Reference">A contender; null when the bound is absolute.</param>
internal sealed record Mark(string Work, bool IsMust, string Scenario, Figure Figure, double Bound, string? Reference = null)
{
    /// <summary>As <c>≤ 0.6 × yarp</c>.</summary>
    public string Rule => $"{(Figure.HigherIsBetter ? "≥" : "≤")} {Numbers.Show(Bound)} {(Reference is null ? Figure.Unit : $"× {Reference}")}";

    public bool Holds(double value) => Figure.HigherIsBetter ? value >= Bound : value <= Bound;

    public bool Covers(string scenario) => Scenario.EndsWith('*')
        ? scenario.StartsWith(Scenario[..^1], StringComparison.Ordinal) && ScenarioSeries.Position(scenario) is not null
        : scenario == Scenario;
}
