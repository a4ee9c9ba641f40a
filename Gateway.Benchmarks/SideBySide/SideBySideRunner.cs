using System.Collections.Frozen;
using System.Net;
using Gateway.Benchmarks.SideBySide.Contenders;
using Gateway.Benchmarks.SideBySide.ControlGroups;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Scenarios;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>Measures contenders in scenarios: each is started once a scenario and warmed, then they take turns, round by round, and are stopped.</summary>
/// <param name="contenders">In the order of their turns.</param>
/// <param name="gateway">The one that takes part.</param>
/// <param name="options">How long and how often, and whether under a quota.</param>
/// <param name="afterRound">Keeps what has been measured until then: a run takes long, and much can end it.</param>
internal sealed class SideBySideRunner(
    IReadOnlyList<IContender> contenders, GatewayBuild gateway, SideBySideOptions options, Func<IReadOnlyList<Measurement>, Task> afterRound) : IDisposable
{
    private static readonly FrozenDictionary<string, double> NoFigures = FrozenDictionary<string, double>.Empty;

    private readonly EventLoop _loop = new();
    private readonly List<Measurement> _measurements = [];

    /// <summary>What has been measured so far.</summary>
    public IReadOnlyList<Measurement> Measurements => _measurements;

    public async Task RunAsync(Scenario scenario, CancellationToken cancellationToken)
    {
        if (!scenario.StartsEachRound)
        {
            await RunRoundsAsync(scenario, 1, options.Rounds, cancellationToken);
            return;
        }

        for (int round = 1; round <= options.Rounds; round++)
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
                var setup = new ContenderSetup(engines.Urls, gateway, options.Quota ? null : Processor.OfContender, workFolder);
                IRunningContender running;
                try
                {
                    running = await contender.StartAsync(setup, cancellationToken);
                }
                catch (Exception failed) when (IsContendersOwn(failed))
                {
                    for (int round = first; round <= last; round++)
                        Add(scenario, contender, round, [], new Outcome(NoFigures, 1, failed.Message, 0));
                    continue;
                }

                started.Add(running);
                runs.Add(new ScenarioRun(
                    contender, setup, new IPEndPoint(IPAddress.Loopback, running.Url.Port), new ProcessGroup(running.ProcessIds), running.Group, engines, _loop,
                    options.Seconds, options.Samples, cancellationToken));
                scenario.WarmUp(runs[^1]);
            }

            for (int round = first; round <= last; round++)
            {
                await RunRoundAsync(scenario, round, runs);
                await afterRound(_measurements);
            }
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
            QuotaUse? before = run.Group?.Read();
            Outcome outcome = await MeasureAsync(scenario, run);
            if (run.IsDirect)
                direct = outcome.Figures;
            var figures = new Dictionary<string, double>(outcome.Figures);
            if (direct is not null && !run.IsDirect)
                AddedTimes.Add(figures, direct);

            if (before is not null)
                run.Group!.Read().AddTo(figures, before.Value);

            Add(scenario, run.Contender, round, figures, outcome);
        }
    }

    private static async Task<Outcome> MeasureAsync(Scenario scenario, ScenarioRun run)
    {
        try
        {
            return await scenario.MeasureAsync(run);
        }
        catch (Exception failed) when (IsContendersOwn(failed))
        {
            return new Outcome(NoFigures, 1, failed.Message, 0);
        }
    }

    // It has ended, or never answered: an error like a wrong answer, and the others go on.
    private static bool IsContendersOwn(Exception failed) => failed is InvalidOperationException or TimeoutException;

    private void Add(Scenario scenario, IContender contender, int round, Dictionary<string, double> figures, Outcome outcome)
    {
        // Where nothing was answered there is no cost per answer: such a figure is left out, and the errors say why.
        foreach (string name in figures.Keys.Where(name => !double.IsFinite(figures[name])).ToArray())
            figures.Remove(name);
        _measurements.Add(new Measurement(scenario.Name, contender.Name, round, figures, outcome.Errors, outcome.ClientBusy));
        Console.Error.WriteLine(ProgressLine.Of(scenario, _measurements[^1], outcome.FirstError));
    }
}
