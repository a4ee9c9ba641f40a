namespace Gateway.Benchmarks.SideBySide;

internal static class Reporting
{
    public static Task WriteAsync(IReadOnlyList<Measurement> measurements, SideBySideOptions options)
    {
        foreach (var group in measurements.GroupBy(m => (m.Scenario, m.Contender)))
        {
            Console.WriteLine($"{group.Key.Scenario,-20} {group.Key.Contender,-12} errors {group.Sum(m => m.Errors)} busy {group.Average(m => m.ClientBusy):0.00} " +
                string.Join(", ", group.First().Figures.Keys.Select(k => $"{k}={group.Select(m => m.Figures[k]).Order().ElementAt(group.Count() / 2):0.#}")));
        }
        return Task.CompletedTask;
    }
}
