using System.Net;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Scenarios;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>Measures contenders in scenarios: each is started once a scenario and warmed, then they take turns, round by round, and are stopped.</summary>
internal sealed class SideBySideRunner(IReadOnlyList<IContender> contenders, int rounds, double seconds) : IDisposable
{
    private readonly EventLoop _loop = new();
    private readonly List<Measurement> _measurements = [];

    /// <summary>What has been measured so far.</summary>
    public IReadOnlyList<Measurement> Measurements => _measurements;

    public async Task RunAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        if (!scenario.StartsEachRound)
        {
            await RunRoundsAsync(scenario, 1, rounds, cancellationToken);
            return;
        }

        for (int round = 1; round <= rounds; round++)
            await RunRoundsAsync(scenario, round, round, cancellationToken);
    }

    public void Dispose() => _loop.Dispose();

    private async Task RunRoundsAsync(Scenario scenario, int first, int last, CancellationToken cancellationToken)
    {
        using EngineFleet engines = await EngineFleet.StartAsync(scenario.Endpoints, cancellationToken);
        var started = new List<IRunningContender>();
        string folder = Directory.CreateTempSubdirectory("side-by-side-").FullName;
        try
        {
            var runs = new List<ScenarioRun>();
            foreach (IContender contender in contenders.Where(contender => !contender.LeftOut.Contains(scenario.Name)))
            {
                string workFolder = Directory.CreateDirectory(Path.Combine(folder, contender.Name)).FullName;
                var setup = new ContenderSetup(engines.Urls, Processor.OfContender, workFolder);
                IRunningContender running = await contender.StartAsync(setup, cancellationToken);
                started.Add(running);
                var processes = new ProcessGroup(running.ProcessIds);
                runs.Add(new ScenarioRun(contender, setup, new IPEndPoint(IPAddress.Loopback, running.Url.Port), processes, engines, _loop, seconds, cancellationToken));
                scenario.WarmUp(runs[^1]);
            }

            for (int round = first; round <= last; round++)
                await RunRoundAsync(scenario, round, runs);
        }
        finally
        {
            foreach (IRunningContender running in started)
                await running.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task RunRoundAsync(Scenario scenario, int round, List<ScenarioRun> runs)
    {
        IReadOnlyDictionary<string, double>? direct = null;
        foreach (ScenarioRun run in runs)
        {
            Outcome outcome = await scenario.MeasureAsync(run);
            if (run.IsDirect)
                direct = outcome.Figures;
            var figures = new Dictionary<string, double>(outcome.Figures);
            if (direct is not null && !run.IsDirect)
                AddedTimes.Add(figures, direct);

            // Where nothing was answered there is no cost per answer: such a figure is left out, and the errors say why.
            foreach (string name in figures.Keys.Where(name => !double.IsFinite(figures[name])).ToArray())
                figures.Remove(name);
            _measurements.Add(new Measurement(scenario.Name, run.Contender.Name, round, figures, outcome.Errors, outcome.ClientBusy));
            Console.Error.WriteLine(ProgressLine.Of(scenario, _measurements[^1], outcome.FirstError));
        }
    }
}
