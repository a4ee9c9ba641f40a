using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>So many requests a second at random times, far from what any contender can bear.</summary>
internal sealed record OpenScenario(string Name, string Title, int Rate) : LoadScenario(Name, Title, Figure.CpuPerRequest)
{
    protected override RunningLoad CreateLoad(ScenarioRun run)
    {
        var body = new ChatBody(1024, modelFirst: true, stream: false);
        return new OpenLoad(run.Loop, run.Target, new Request(Behaviour.Unary, body, moreHeaders: 0, last: false), Rate);
    }

    protected override void AddFigures(Window window, Dictionary<string, double> figures)
    {
        figures[Figure.CpuPerRequest.Name] = window.ContenderMicroseconds / window.Replies;
        figures[Figure.RequestsPerSecond.Name] = window.Replies / window.Seconds;
        window.AddTimes(window.Tally.ReplyTimes, figures);
    }
}
