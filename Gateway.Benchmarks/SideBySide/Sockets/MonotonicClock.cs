using System.Diagnostics;

namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>Nanoseconds that all processes of this machine count alike: an engine's stamp can be compared with the client's clock.</summary>
internal static class MonotonicClock
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;

    // CLOCK_MONOTONIC in nanoseconds, on Linux.
    public static long Now => Stopwatch.GetTimestamp();
}
