using System.Collections.Frozen;

namespace Gateway.Benchmarks.SideBySide.YarpPeer;

/// <summary>Engines by what they serve.</summary>
internal sealed class EngineTable(IReadOnlyList<string> urls)
{
    private readonly FrozenDictionary<(string Model, string OwnedBy), YarpEngine[]> _engines =
        new Dictionary<(string, string), YarpEngine[]>
        {
            [(BenchmarkModel.Name, BenchmarkModel.OwnedBy)] = [.. urls.Select(url => new YarpEngine(url))],
        }.ToFrozenDictionary();

    public YarpEngine[]? Find(string? model, string? ownedBy) =>
        model is null || ownedBy is null ? null : _engines.GetValueOrDefault((model, ownedBy));

    /// <summary>Of two drawn at random the one with less to do, as YARP's own default policy.</summary>
    public static YarpEngine Pick(YarpEngine[] engines)
    {
        if (engines.Length == 1)
            return engines[0];
        YarpEngine one = engines[Random.Shared.Next(engines.Length)];
        YarpEngine other = engines[Random.Shared.Next(engines.Length)];
        return Volatile.Read(ref one.InFlight) <= Volatile.Read(ref other.InFlight) ? one : other;
    }
}
