namespace Gateway.Benchmarks.Chaos;

/// <summary>The gateway's resident memory, in bytes.</summary>
internal sealed record ChaosMemory(long Before, long After);
