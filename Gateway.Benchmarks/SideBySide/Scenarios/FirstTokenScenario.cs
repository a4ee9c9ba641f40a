using System.Net;
using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Short streams at random times, so many a second that a contender is busy half of the time: what it adds to the first token.</summary>
internal sealed record FirstTokenScenario(string Name, string Title) : Scenario(Name, Title, Figure.AddedP99)
{
    private const int ConnectionsOfTrial = 32;
    private const double TrialSeconds = 0.8;
    private const double FirstRate = 1_000;
    private const int Trials = 3;
    private const double ContenderShare = 0.5;
    // Client and engines must have time left, or it's theirs that is measured.
    private const double LoadShare = 0.6;

    private static readonly Behaviour Short = Behaviour.Stream(tokens: 3, gapMicroseconds: 5_000, burst: 1);

    public override void WarmUp(ScenarioRun run) => new StreamScenario(Name, Title, ConnectionsOfTrial, Short).WarmUp(run);

    public override Task<Outcome> MeasureAsync(ScenarioRun run)
    {
        double rate = FindRate(run);
        double seconds = Math.Max(run.Seconds, run.Samples / rate);
        Dictionary<string, double> without = Measure(run, run.DirectTarget, rate, seconds / 2, out _, out _);
        Dictionary<string, double> figures = Measure(run, run.Target, rate, seconds, out LoadTally tally, out double busy);
        if (!run.IsDirect)
            AddedTimes.Add(figures, without);
        figures[Figure.RequestsPerSecond.Name] = rate;
        return Task.FromResult(new Outcome(figures, tally.Errors, tally.FirstError, busy));
    }

    // What a request costs falls with the load, so the rate that half a core bears is found by going there.
    private static double FindRate(ScenarioRun run)
    {
        double rate = FirstRate;
        for (int trial = 0; trial < Trials; trial++)
            rate = RateByCost(run, rate);
        return rate;
    }

    private static double RateByCost(ScenarioRun run, double tried)
    {
        using var load = new OpenLoad(run.Loop, run.Target, CreateRequest(), tried);
        load.Start();
        run.RunFor(TrialSeconds / 2);
        long before = load.Tally.Replies;
        var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
        run.RunFor(TrialSeconds);
        double seconds = (load.Tally.Replies - before) * 1_000_000_000.0;
        double rate = LoadShare * seconds / meter.LoadCpu;
        if (!run.IsDirect)
            rate = Math.Min(rate, ContenderShare * seconds / meter.ContenderCpu);
        load.End(run.CancellationToken);
        return rate > 0 ? rate : throw new InvalidOperationException("nothing was answered");
    }

    private static Dictionary<string, double> Measure(
        ScenarioRun run, IPEndPoint target, double rate, double seconds, out LoadTally tally, out double busy)
    {
        using var load = new OpenLoad(run.Loop, target, CreateRequest(), rate);
        load.Start();
        run.RunFor(TrialSeconds / 2);
        tally = load.Tally;
        tally.ClearSamples();
        long replies = tally.Replies;
        var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
        run.RunFor(seconds);
        var window = new Window(
            tally, tally.Replies - replies, tally.Tokens, meter.ContenderCpu / 1_000.0, meter.LoadCpu / 1_000.0, meter.ElapsedSeconds);
        busy = meter.LoadBusy;
        var figures = new Dictionary<string, double> { [Figure.Samples.Name] = tally.FirstTokenTimes.Count };
        if (!run.IsDirect)
        {
            figures[Figure.CpuPerRequest.Name] = window.ContenderMicroseconds / window.Replies;
            figures[Figure.Busy.Name] = window.ContenderMicroseconds / window.Seconds / 10_000;
        }

        window.AddTimes(tally.FirstTokenTimes, figures);
        load.End(run.CancellationToken);
        return figures;
    }

    private static Request CreateRequest() => new(Short, new ChatBody(1024, modelFirst: true, stream: true), moreHeaders: 0, last: false);
}
