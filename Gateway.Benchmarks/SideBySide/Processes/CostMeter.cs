using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>What contender, load client and engines use from its making on.</summary>
internal sealed class CostMeter
{
    private readonly ProcessGroup _contender;
    private readonly int _engineProcess;
    private readonly long _contenderBefore;
    private readonly long _loadBefore;
    private readonly long _timeBefore;

    public CostMeter(ProcessGroup contender, int engineProcess)
    {
        contender.Refresh();
        _contender = contender;
        _engineProcess = engineProcess;
        _timeBefore = MonotonicClock.Now;
        _loadBefore = LoadTime();
        _contenderBefore = contender.CpuTime();
    }

    public double ElapsedSeconds => (MonotonicClock.Now - _timeBefore) / (double)MonotonicClock.Second;

    /// <summary>Nanoseconds of processor time.</summary>
    public long ContenderCpu => _contender.CpuTime() - _contenderBefore;

    /// <summary>Nanoseconds of processor time of client and engines together.</summary>
    public long LoadCpu => LoadTime() - _loadBefore;

    public double LoadBusy => LoadCpu / (ElapsedSeconds * MonotonicClock.Second);

    private long LoadTime() => CpuClock.Of(Environment.ProcessId) + CpuClock.Of(_engineProcess);
}
