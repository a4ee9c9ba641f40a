using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>The processor time of a process, of all its threads, also those that have ended.</summary>
internal static unsafe class CpuClock
{
    /// <returns>Nanoseconds, 0 when the process is gone.</returns>
    public static long Of(int processId)
    {
        // How the kernel numbers the clock of a process: see clock_getcpuclockid(3).
        const int ScheduledTime = 2;
        LibC.TimeSpecification time;
        return LibC.ReadClock((~processId << 3) | ScheduledTime, &time) < 0 ? 0 : (time.Seconds * MonotonicClock.Second) + time.Nanoseconds;
    }
}
