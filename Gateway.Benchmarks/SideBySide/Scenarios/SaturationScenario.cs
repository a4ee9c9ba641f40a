using System.Net;
using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>More and more paced streams: how many tokens a second one processor passes on without delaying them.</summary>
internal sealed record SaturationScenario(string Name, string Title) : Scenario(Name, Title, Figure.TokensPerSecond)
{
    private const int GapMicroseconds = 5_000;
    private const double TokensPerStream = 1_000_000.0 / GapMicroseconds;
    // From the engine's sending to the client's receiving: what is bearable between tokens that come each 5 ms.
    private const double MostDelayMicroseconds = 5_000;
    private const double EnoughOfTheRate = 0.95;
    private const int FirstStreams = 64;
    private const double SettleSeconds = 0.2;

    private const int Tokens = 100;
    // At any time as many streams end and begin as at any other: were it in waves, their delay would be the waves', and end the search early.
    private const double StreamSeconds = Tokens * GapMicroseconds / 1_000_000.0;

    private static readonly Behaviour Paced = Behaviour.Stream(Tokens, GapMicroseconds, burst: 1);

    public override void WarmUp(ScenarioRun run) => new StreamScenario(Name, Title, FirstStreams, Paced).WarmUp(run);

    public override Task<Outcome> MeasureAsync(ScenarioRun run)
    {
        Trial best = Try(run, run.Target, FirstStreams);
        long errors = best.Errors;
        string? firstError = best.FirstError;
        // The cost falls with the load, so what it promises at a low one is nearly always reached.
        double cost = Math.Max(run.IsDirect ? 2 * best.LoadCostMicroseconds : 0, best.CostMicroseconds);
        int streams = new SaturationSearch(IsBorne).Run(FirstStreams, (int)(1_000_000 / Math.Max(1, cost) / TokensPerStream));

        var figures = new Dictionary<string, double> { [Figure.TokensPerSecond.Name] = best.TokensPerSecond };
        best.AddTimes(figures);
        if (!run.IsDirect)
        {
            figures[Figure.CpuPerToken.Name] = best.CostMicroseconds;
            figures[Figure.Busy.Name] = best.CostMicroseconds * best.TokensPerSecond / 10_000;
            // The direct way's own limit is another number of streams, whose times say nothing of these.
            var without = new Dictionary<string, double>();
            Try(run, run.DirectTarget, streams).AddTimes(without);
            AddedTimes.Add(figures, without);
        }

        return Task.FromResult(new Outcome(figures, errors, firstError, best.LoadBusy));

        bool IsBorne(int streams)
        {
            Trial tried = Try(run, run.Target, streams);
            errors += tried.Errors;
            firstError ??= tried.FirstError;
            if (tried.IsBorne && tried.TokensPerSecond > best.TokensPerSecond)
                best = tried;
            return tried.IsBorne;
        }
    }

    private static Trial Try(ScenarioRun run, IPEndPoint target, int streams)
    {
        using RunningLoad load = StreamScenario.Create(run.Loop, target, streams, Paced, spread: (long)(StreamSeconds * MonotonicClock.Second));
        load.Start();
        run.RunFor(StreamSeconds + SettleSeconds);
        load.Tally.ClearSamples();
        long before = load.Tally.Tokens;
        var meter = new CostMeter(run.Processes, run.Engines.ProcessId);
        run.RunFor(run.Seconds / 3);
        double tokens = load.Tally.Tokens - before;
        double rate = tokens / meter.ElapsedSeconds;
        double delay = load.Tally.TokenTimes.Percentile(0.99);
        double cost = meter.ContenderCpu / 1_000.0 / tokens;
        var trial = new Trial(
            rate, load.Tally.TokenTimes.Percentile(0.5), delay, cost, meter.LoadCpu / 1_000.0 / tokens, meter.LoadBusy,
            delay <= MostDelayMicroseconds && rate >= streams * TokensPerStream * EnoughOfTheRate, load.Tally.Errors, load.Tally.FirstError);
        load.End(run.CancellationToken);
        return trial;
    }

    private sealed record Trial(
        double TokensPerSecond, double Median, double Delay, double CostMicroseconds, double LoadCostMicroseconds, double LoadBusy, bool IsBorne, long Errors,
        string? FirstError)
    {
        public void AddTimes(Dictionary<string, double> figures)
        {
            figures[Figure.P50.Name] = Median;
            figures[Figure.P99.Name] = Delay;
        }
    }
}
