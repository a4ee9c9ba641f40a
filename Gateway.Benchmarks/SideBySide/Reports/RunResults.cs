using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>What <c>results.json</c> holds, and all that a report is made of.</summary>
internal sealed record RunResults(
    RunDescription Run, IReadOnlyList<ScenarioDescription> Scenarios, IReadOnlyList<Measurement> Measurements)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // Micro signs and arrows are to be read, and nobody puts this file into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>How often the contenders were measured in a scenario; 0 when they were not.</summary>
    public int RoundsOf(string scenario) =>
        Measurements.Where(measurement => measurement.Scenario == scenario).Select(measurement => measurement.Round).DefaultIfEmpty().Max();

    /// <exception cref="FormatException">It holds something else.</exception>
    public static async Task<RunResults> ReadAsync(string file)
    {
        await using FileStream stream = File.OpenRead(file);
        try
        {
            return await JsonSerializer.DeserializeAsync<RunResults>(stream, Format) ?? throw new FormatException($"{file} holds no results.");
        }
        catch (JsonException broken)
        {
            throw new FormatException($"{file} holds no results: {broken.Message}", broken);
        }
    }

    /// <summary>Replaces the file as a whole: whoever reads it, or ends this program, finds either the old results or the new ones.</summary>
    public async Task WriteAsync(string file)
    {
        string unfinished = file + ".tmp";
        await using (FileStream stream = File.Create(unfinished))
            await JsonSerializer.SerializeAsync(stream, this, Format);
        File.Move(unfinished, file, overwrite: true);
    }

    /// <summary>Several runs as one. Of a scenario that more than one has measured, the last counts.</summary>
    /// <exception cref="FormatException">They are not of one machine and commit.</exception>
    public static RunResults Join(IReadOnlyList<RunResults> runs)
    {
        foreach (RunResults other in runs.Skip(1))
        {
            if (runs[0].Run.DifferenceTo(other.Run) is { } difference)
                throw new FormatException($"These results are not of the same kind of run: {difference}.");
        }

        Dictionary<string, RunResults> last = runs
            .SelectMany(run => run.Measurements.Select(measurement => (measurement.Scenario, Run: run)))
            .GroupBy(measured => measured.Scenario)
            .ToDictionary(measured => measured.Key, measured => measured.Last().Run);
        return new RunResults(
            runs[0].Run,
            [.. runs.SelectMany(run => run.Scenarios.Where(scenario => last.GetValueOrDefault(scenario.Name) == run))],
            [.. runs.SelectMany(run => run.Measurements.Where(measurement => last[measurement.Scenario] == run))]);
    }
}
