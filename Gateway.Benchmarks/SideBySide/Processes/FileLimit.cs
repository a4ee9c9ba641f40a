using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>How many descriptors this process and those it starts may have.</summary>
internal static unsafe class FileLimit
{
    // 10,000 streams through a proxy are 20,000 sockets, and as many again for upstream connections that wait.
    private const ulong Wanted = 65_536;
    private const ulong Spare = 500;

    /// <summary>How many streams a proxy with the same limit can have open: two descriptors each, and some to spare.</summary>
    public static int MostStreams
    {
        get
        {
            LibC.ResourceLimit limit;
            return LibC.GetLimit(LibC.LimitOpenFiles, &limit) < 0 ? int.MaxValue : (int)Math.Min(int.MaxValue, (limit.Hard / 2) - Spare);
        }
    }

    /// <summary>Raises it as far as is allowed.</summary>
    public static void Raise()
    {
        LibC.ResourceLimit limit;
        if (LibC.GetLimit(LibC.LimitOpenFiles, &limit) < 0 || limit.Soft >= Wanted)
            return;
        var wanted = new LibC.ResourceLimit { Soft = Wanted, Hard = Math.Max(limit.Hard, Wanted) };
        if (LibC.SetLimit(LibC.LimitOpenFiles, &wanted) == 0)
            return;
        limit.Soft = limit.Hard;
        _ = LibC.SetLimit(LibC.LimitOpenFiles, &limit);
    }
}
