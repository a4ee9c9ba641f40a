namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>From measurements to what people read.</summary>
internal static class Reports
{
    public const string Verb = "report";

    private const string JsonExtension = ".json";
    private const int Failed = 1;

    private const string HelpText = $"""
        dotnet run --project Gateway.Benchmarks -c Release -- {Verb} RESULTS.json ... [FOLDER]

        Makes the page and its charts (in docs, unless a folder is named) of what side-by-side has measured. Several files must be of one
        machine and one commit; of a scenario that stands in more than one of them, the last counts.
        """;

    /// <summary>Where a run's results are kept while it lasts, and afterwards.</summary>
    public static string ResultsFile(string folder, RunDescription run) => Path.Combine(folder, $"results{Suffix(run)}{JsonExtension}");

    /// <summary>Prints the tables, and puts the charts into a folder.</summary>
    public static async Task ShowAsync(RunResults results, string folder)
    {
        Console.WriteLine(ConsoleReport.Create(results));
        await WriteChartsAsync(results, folder);
    }

    /// <summary>The verb: makes the page and its charts from the JSON of runs alone.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        string[] files = [.. arguments.TakeWhile(argument => argument.EndsWith(JsonExtension, StringComparison.Ordinal))];
        if (files.Length == 0 || arguments.Count > files.Length + 1)
        {
            await Console.Error.WriteLineAsync(HelpText);
            return Failed;
        }

        try
        {
            RunResults results = RunResults.Join(await Task.WhenAll(files.Select(RunResults.ReadAsync)));
            await WritePageAsync(results, arguments.ElementAtOrDefault(files.Length) ?? "docs");
            return 0;
        }
        catch (Exception refused) when (refused is FormatException or IOException)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return Failed;
        }
    }

    private static async Task WritePageAsync(RunResults results, string folder)
    {
        Directory.CreateDirectory(folder);
        (string ratios, string? growth) = await WriteChartsAsync(results, folder);
        string page = Path.Combine(folder, $"benchmarks{Suffix(results.Run)}.md");
        await File.WriteAllTextAsync(page, MarkdownReport.Create(results, ratios, growth));
        Console.WriteLine(page);
    }

    private static async Task<(string Ratios, string? Growth)> WriteChartsAsync(RunResults results, string folder)
    {
        string ratios = $"benchmarks{Suffix(results.Run)}-ratios.svg";
        await File.WriteAllTextAsync(Path.Combine(folder, ratios), RatioChart.Create(results));
        if (GrowthChart.Create(results) is not { } chart)
            return (ratios, null);
        string growth = $"benchmarks{Suffix(results.Run)}-growth.svg";
        await File.WriteAllTextAsync(Path.Combine(folder, growth), chart);
        return (ratios, growth);
    }

    // Both kinds of run have a place in one folder.
    private static string Suffix(RunDescription run) => run.Quota is null ? "" : "-quota";
}
