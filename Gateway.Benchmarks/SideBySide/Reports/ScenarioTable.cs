namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>One scenario's contenders down, its figures across, for any kind of page.</summary>
internal sealed record ScenarioTable(ScenarioDescription Scenario, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Behind the name of a contender whose client was the limit.</summary>
    public const string LimitSign = "†";

    public const string LimitNote = $"{LimitSign} load client and engines had no processor left in at least one round: the figures say what they could do, not what the contender can.";

    private static readonly string[] References = ["yarp", "haproxy-tcp", "haproxy-json"];

    /// <param name="emphasize">How the page makes errors stand out.</param>
    public static ScenarioTable Create(ScenarioDescription scenario, Medians medians, Func<string, string> emphasize)
    {
        Figure headline = scenario.HeadlineFigure();
        string[] contenders = [.. medians.Contenders.Where(contender => medians.Has(scenario.Name, contender))];
        Figure[] figures =
        [
            headline,
            .. Figure.All.Where(figure => figure != headline && contenders.Any(contender => medians.Of(scenario.Name, contender, figure) is not null)),
        ];
        string[] references = [.. References.Where(reference => medians.Of(scenario.Name, reference, headline) is not null)];
        bool anyErrors = contenders.Any(contender => medians.Errors(scenario.Name, contender) > 0);

        return new ScenarioTable(
            scenario,
            [
                "",
                .. figures.Select(figure => figure.Unit.Length > 0 ? $"{figure.Title}, {figure.Unit}" : figure.Title),
                .. references.Select(reference => $"× {reference}"),
                .. anyErrors ? ["errors"] : Array.Empty<string>(),
            ],
            [.. contenders.Select(Row)]);

        IReadOnlyList<string> Row(string contender) =>
        [
            contender + (medians.ClientWasTheLimit(scenario.Name, contender) ? $" {LimitSign}" : ""),
            .. figures.Select(figure => medians.Of(scenario.Name, contender, figure) is { } spread ? Numbers.Show(spread) : "–"),
            .. references.Select(reference => medians.Ratio(scenario.Name, headline, contender, reference) is { } ratio ? Numbers.Show(ratio) : "–"),
            .. anyErrors ? [Errors(medians.Errors(scenario.Name, contender))] : Array.Empty<string>(),
        ];

        string Errors(long count) => count > 0 ? emphasize(Numbers.Show(count)) : "0";
    }
}
