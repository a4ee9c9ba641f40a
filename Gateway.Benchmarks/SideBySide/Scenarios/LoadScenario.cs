using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>A steady load, of which a stretch is measured.</summary>
internal abstract record LoadScenario(string Name, string Title, Figure Headline) : Scenario(Name, Title, Headline)
{
    private const int MostWarmUpSeconds = 10;
    // Windows of a second differ by a few hundredths without any cause.
    private const double StillFalling = 0.97;
    private const double SettleSeconds = 0.3;

    public override void WarmUp(ScenarioRun run)
    {
        using RunningLoad load = CreateLoad(run);
        load.Start();
        double before = double.PositiveInfinity;
        for (int second = 0; second < MostWarmUpSeconds; second++)
        {
            long done = Done(load.Tally);
            var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
            run.RunFor(1);
            double cost = meter.ContenderCpu / (double)Math.Max(1, Done(load.Tally) - done);
            // The way without a contender still warms client and engines.
            if ((second > 0 && cost >= before * StillFalling) || run.IsDirect)
                break;
            before = cost;
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
