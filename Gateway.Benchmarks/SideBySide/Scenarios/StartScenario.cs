using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>How long a start takes, and how much memory when nothing is asked.</summary>
internal sealed record StartScenario(string Name, string Title) : Scenario(Name, Title, Figure.StartTime)
{
    private const int IdleSeconds = 2;

    public override void WarmUp(ScenarioRun run)
    {
        // The files are in memory since the first start.
    }

    public override async Task<Outcome> MeasureAsync(ScenarioRun run)
    {
        var figures = new Dictionary<string, double>();
        if (run.IsDirect)
            return new Outcome(figures, 0, null, 0);

        string folder = Directory.CreateTempSubdirectory("side-by-side-start-").FullName;
        try
        {
            long before = MonotonicClock.Now;
            await using IRunningContender started = await run.Contender.StartAsync(run.Setup with { WorkFolder = folder }, run.CancellationToken);
            figures[Figure.StartTime.Name] = (MonotonicClock.Now - before) / (double)MonotonicClock.Millisecond;
            await Task.Delay(TimeSpan.FromSeconds(IdleSeconds), run.CancellationToken);
            var processes = new ProcessGroup(started.ProcessIds);
            processes.Refresh();
            figures[Figure.IdleMemory.Name] = processes.Memory() / 1024;
            started.Group?.Read().AddTo(figures, before: default);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return new Outcome(figures, 0, null, 0);
    }
}
