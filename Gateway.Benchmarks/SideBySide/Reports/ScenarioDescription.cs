namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>What a report must know of a scenario.</summary>
/// <param name="Headline">The name of a <see cref="Figure"/>.</param>
internal sealed record ScenarioDescription(string Name, string Title, string Headline)
{
    public Figure HeadlineFigure() => Figure.All.First(figure => figure.Name == Headline);
}
