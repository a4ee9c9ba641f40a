using System.Globalization;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>Which processor runs what: the contender has one of its own.</summary>
internal static unsafe class Processor
{
    public const int OfContender = 0;

    /// <summary>Of the load client and the engines.</summary>
    public static readonly int OfLoad = Environment.ProcessorCount > 1 ? 1 : 0;

    /// <summary>All there are, as taskset wants them. Asked for before this process is pinned, and with it all that it starts.</summary>
    public static readonly string Any = $"0-{Environment.ProcessorCount - 1}";

    /// <summary>Pins all threads of this process, and with them all that they start.</summary>
    public static void Pin(int processor)
    {
        ulong mask = 1UL << processor;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
            _ = LibC.SetAffinity(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), sizeof(ulong), &mask);
    }
}
