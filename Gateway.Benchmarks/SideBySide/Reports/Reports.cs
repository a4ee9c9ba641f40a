namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>From measurements to what people read.</summary>
internal static class Reports
{
    public const string Verb = "report";

    private const string ResultsFile = "results.json";
    private const string PageFile = "benchmarks.md";
    private const string RatioFile = "benchmarks-ratios.svg";
    private const string GrowthFile = "benchmarks-growth.svg";

    /// <summary>Prints the tables, and writes <c>results.json</c> and the charts into a folder.</summary>
    public static async Task WriteAsync(
        IReadOnlyList<Measurement> measurements, IReadOnlyList<Scenario> scenarios, RunDescription run, string folder, CancellationToken cancellationToken)
    {
        var results = new RunResults(run, [.. scenarios.Select(ScenarioDescription.Of)], measurements);
        Directory.CreateDirectory(folder);
        await results.WriteAsync(Path.Combine(folder, ResultsFile), cancellationToken);
        await WriteChartsAsync(results, folder, cancellationToken);
        Console.WriteLine(ConsoleReport.Create(results));
    }

    /// <summary>The verb: makes the page and its charts from the JSON of a run alone.</summary>
    /// <param name="arguments">The file, and the folder of the page (<c>docs</c>).</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments.Count is not (1 or 2))
            throw new ArgumentException($"{Verb} takes the results of a run, and perhaps a folder: {Verb} {ResultsFile} [docs]");
        RunResults results = await RunResults.ReadAsync(arguments[0], cancellationToken);
        string folder = arguments.ElementAtOrDefault(1) ?? "docs";
        Directory.CreateDirectory(folder);
        string? growth = await WriteChartsAsync(results, folder, cancellationToken);
        string page = Path.Combine(folder, PageFile);
        await File.WriteAllTextAsync(page, MarkdownReport.Create(results, RatioFile, growth), cancellationToken);
        Console.WriteLine(page);
    }

    private static async Task<string?> WriteChartsAsync(RunResults results, string folder, CancellationToken ct)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, RatioFile), RatioChart.Create(results), ct);
        if (GrowthChart.Create(results) is not { } growth)
            return null;
        await File.WriteAllTextAsync(Path.Combine(folder, GrowthFile), growth, ct);
        return GrowthFile;
    }
}
