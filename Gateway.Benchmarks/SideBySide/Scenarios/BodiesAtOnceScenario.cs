using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Many large bodies at once: how much memory they take, and how many of them are refused so that it is no more.</summary>
internal sealed record BodiesAtOnceScenario(string Name, string Title, int BodySize, int AtOnce) : Scenario(Name, Title, Figure.PeakMemory)
{
    private const long Patience = 60 * MonotonicClock.Second;

    public override bool StartsEachRound => true;

    public override void WarmUp(ScenarioRun run)
    {
        using WaveLoad load = Create(run, bodySize: 1024, atOnce: 1);
        SendAll(load, run);
    }

    public override Task<Outcome> MeasureAsync(ScenarioRun run)
    {
        run.Processes.ForgetPeak();
        var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
        using WaveLoad load = Create(run, BodySize, AtOnce);
        SendAll(load, run);
        var figures = new Dictionary<string, double>();
        if (!run.IsDirect)
        {
            figures[Figure.PeakMemory.Name] = run.Processes.PeakMemory() / 1024;
            figures[Figure.CpuPerMegabyte.Name] = meter.ContenderCpu / 1_000.0 / Math.Max(1, load.Tally.Replies) / BodySize * 1024 * 1024;
        }

        figures[Figure.Refused.Name] = load.Tally.Refused;
        figures[Figure.P50.Name] = load.Tally.ReplyTimes.Percentile(0.5);
        return Task.FromResult(new Outcome(figures, load.Tally.Errors, load.Tally.FirstError, meter.LoadBusy));
    }

    private static WaveLoad Create(ScenarioRun run, int bodySize, int atOnce) => new(
        run.Loop, run.Target, new Request(Behaviour.Unary, new ChatBody(bodySize, modelFirst: false, stream: false), moreHeaders: 0, last: false), atOnce, again: false)
    {
        MayRefuse = true,
    };

    private static void SendAll(WaveLoad load, ScenarioRun run)
    {
        long until = MonotonicClock.Now + Patience;
        load.Start();
        while (!load.IsOver && MonotonicClock.Now < until)
            run.RunFor(0.01);
        if (!load.IsOver)
            load.Tally.Fail("not all were answered within a minute");
    }
}
