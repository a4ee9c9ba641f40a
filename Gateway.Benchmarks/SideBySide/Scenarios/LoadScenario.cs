using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>A steady load, of which a stretch is measured.</summary>
internal abstract record LoadScenario(string Name, string Title, Figure Headline) : Scenario(Name, Title, Headline)
{
    private const int MostWarmUpSeconds = 10;
    // Compilers replace code in several steps, with plateaus of a second or two in between.
    private const int SecondsWithoutGain = 3;
    // Windows of a second differ by a few hundredths without any cause.
    private const double StillFalling = 0.97;
    private const double SettleSeconds = 0.3;

    public override void WarmUp(ScenarioRun run)
    {
        using RunningLoad load = CreateLoad(run);
        load.Start();
        double best = double.PositiveInfinity;
        int sinceBest = 0;
        // The way without a contender has no cost, and warms client and engines in the same time.
        for (int second = 0; second < MostWarmUpSeconds && sinceBest < SecondsWithoutGain; second++)
        {
            long done = Done(load.Tally);
            var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
            run.RunFor(1);
            double cost = meter.ContenderCpu / (double)Math.Max(1, Done(load.Tally) - done);
            sinceBest = cost < best * StillFalling ? 0 : sinceBest + 1;
            best = Math.Min(best, cost);
        }

        load.End(run.CancellationToken);
    }

    public override Task<Outcome> MeasureAsync(ScenarioRun run)
    {
        using RunningLoad load = CreateLoad(run);
        load.Start();
        run.RunFor(SettleSeconds);
        load.Tally.ClearSamples();
        long replies = load.Tally.Replies;
        long tokens = load.Tally.Tokens;
        var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
        run.RunFor(run.Seconds);
        var measured = new Window(
            load.Tally, load.Tally.Replies - replies, load.Tally.Tokens - tokens, meter.ContenderCpu / 1_000.0, meter.LoadCpu / 1_000.0, meter.ElapsedSeconds);
        var figures = new Dictionary<string, double>();
        AddFigures(measured, figures);
        if (run.IsDirect)
            figures = figures.Where(figure => !figure.Key.StartsWith("cpu_", StringComparison.Ordinal)).ToDictionary();
        double busy = meter.LoadBusy;
        load.End(run.CancellationToken);
        return Task.FromResult(new Outcome(figures, load.Tally.Errors, load.Tally.FirstError, busy));
    }

    protected abstract RunningLoad CreateLoad(ScenarioRun run);

    protected abstract void AddFigures(Window window, Dictionary<string, double> figures);

    /// <summary>What the cost is counted by while warming up.</summary>
    protected virtual long Done(LoadTally tally) => tally.Replies;
}
