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

    public static async Task<RunResults> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(file);
        return await JsonSerializer.DeserializeAsync<RunResults>(stream, Format, cancellationToken)
            ?? throw new InvalidDataException($"{file} holds no results.");
    }

    public async Task WriteAsync(string file, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.Create(file);
        await JsonSerializer.SerializeAsync(stream, this, Format, cancellationToken);
    }
}
