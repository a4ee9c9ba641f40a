namespace Gateway.Benchmarks.SideBySide.YarpPeer;

/// <summary>An engine, and how many requests it has.</summary>
internal sealed class YarpEngine(string prefix)
{
    public string Prefix => prefix;

    /// <summary>A field, because it is counted by <see cref="Interlocked"/>.</summary>
    public int InFlight;
}
