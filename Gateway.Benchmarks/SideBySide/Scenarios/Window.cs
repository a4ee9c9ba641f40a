using Gateway.Benchmarks.SideBySide.Load;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>A stretch of a load that was measured.</summary>
/// <param name="Tally">The samples of this stretch.</param>
/// <param name="Replies">How many were right in it.</param>
/// <param name="Tokens">How many came in it.</param>
/// <param name="ContenderMicroseconds">Of processor time.</param>
/// <param name="LoadMicroseconds">Of processor time, client and engines.</param>
/// <param name="Seconds">How long it was.</param>
internal sealed record Window(LoadTally Tally, long Replies, long Tokens, double ContenderMicroseconds, double LoadMicroseconds, double Seconds)
{
    public void AddTimes(Samples samples, Dictionary<string, double> figures)
    {
        if (samples.Count == 0)
            return;
        figures[Figure.P50.Name] = samples.Percentile(0.5);
        figures[Figure.P99.Name] = samples.Percentile(0.99);
        figures[Figure.P999.Name] = samples.Percentile(0.999);
    }
}
