namespace Gateway.Benchmarks.SideBySide;

/// <summary>What a contender adds to the times of the direct way in the same round.</summary>
internal static class AddedTimes
{
    private static readonly (Figure Time, Figure Added)[] Pairs =
        [(Figure.P50, Figure.AddedP50), (Figure.P99, Figure.AddedP99), (Figure.P999, Figure.AddedP999)];

    public static void Add(Dictionary<string, double> figures, IReadOnlyDictionary<string, double> direct)
    {
        foreach ((Figure time, Figure added) in Pairs)
        {
            if (figures.TryGetValue(time.Name, out double through) && direct.TryGetValue(time.Name, out double without))
                figures.TryAdd(added.Name, through - without);
        }
    }
}
