using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Streams that wait for their next token: what each takes of memory.</summary>
internal sealed record IdleStreamsScenario(string Name, string Title, int Streams, int Stalled) : Scenario(Name, Title, Figure.MemoryPerStream)
{
    private const long Patience = 60 * MonotonicClock.Second;
    private const int WarmUpStreams = 64;
    // Until buffers have filled or been given back.
    private const double SettleSeconds = 1.5;

    public override bool StartsEachRound => true;

    public override void WarmUp(ScenarioRun run)
    {
        using HeldStreams streams = Open(run, WarmUpStreams, stalled: 0);
        run.RunFor(SettleSeconds / 2);
    }

    public override Task<Outcome> MeasureAsync(ScenarioRun run)
    {
        // Both ends of a stream through a proxy are descriptors of that proxy.
        int count = Math.Min(Streams, FileLimit.MostStreams);
        run.RunFor(SettleSeconds / 2);
        run.Processes.Refresh();
        run.Processes.ForgetPeak();
        double before = run.Processes.Memory();
        var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
        using HeldStreams streams = Open(run, count, Stalled * count / Streams);
        run.RunFor(SettleSeconds);
        var figures = new Dictionary<string, double>();
        if (!run.IsDirect)
        {
            figures[Figure.MemoryPerStream.Name] = (run.Processes.Memory() - before) / count;
            figures[Figure.PeakMemory.Name] = run.Processes.PeakMemory() / 1024;
        }

        return Task.FromResult(new Outcome(figures, streams.Tally.Errors, streams.Tally.FirstError, meter.LoadBusy));
    }

    private static HeldStreams Open(ScenarioRun run, int count, int stalled)
    {
        long until = MonotonicClock.Now + Patience;
        var streams = new HeldStreams(run.Loop, run.Target, count, stalled);
        streams.Start();
        while (!streams.IsOpen && MonotonicClock.Now < until && streams.Tally.Errors == 0)
        {
            run.RunFor(0.002);
            streams.OpenMore();
        }

        if (!streams.IsOpen)
            streams.Tally.Fail("not all streams could be opened");
        return streams;
    }
}
