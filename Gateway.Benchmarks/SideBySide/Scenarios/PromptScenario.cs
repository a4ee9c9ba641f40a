using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Long prompts, so many at once, each answered by a short stream: how long its first token takes.</summary>
internal sealed record PromptScenario(string Name, string Title, int BodySize, int AtOnce) : LoadScenario(Name, Title, Figure.AddedP50)
{
    private const int Tokens = 4;

    protected override RunningLoad CreateLoad(ScenarioRun run)
    {
        var body = new ChatBody(BodySize, modelFirst: false, stream: true);
        var request = new Request(Behaviour.Stream(Tokens, gapMicroseconds: 5_000, burst: 1), body, moreHeaders: 0, last: false);
        return new WaveLoad(run.Loop, run.Target, request, AtOnce, again: true);
    }

    protected override void AddFigures(Window window, Dictionary<string, double> figures)
    {
        figures[Figure.CpuPerRequest.Name] = window.ContenderMicroseconds / window.Replies;
        figures[Figure.RequestsPerSecond.Name] = window.Replies / window.Seconds;
        window.AddTimes(window.Tally.FirstTokenTimes, figures);
    }
}
