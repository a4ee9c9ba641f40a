using System.Net;
using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>So many streams at once, each followed by the next one.</summary>
internal sealed record StreamScenario(string Name, string Title, int Streams, Behaviour Behaviour) : LoadScenario(Name, Title, Figure.CpuPerToken)
{
    private const long Spread = 200 * MonotonicClock.Millisecond;

    protected override RunningLoad CreateLoad(ScenarioRun run) => Create(run.Loop, run.Target, Streams, Behaviour, Spread);

    /// <param name="loop">Where it runs.</param>
    /// <param name="target">Where requests go.</param>
    /// <param name="streams">How many at once.</param>
    /// <param name="behaviour">What an engine answers.</param>
    /// <param name="spread">Nanoseconds over which the first ones begin, about.</param>
    public static RunningLoad Create(EventLoop loop, IPEndPoint target, int streams, Behaviour behaviour, long spread)
    {
        var request = new Request(behaviour, new ChatBody(1024, modelFirst: true, stream: true), moreHeaders: 0, last: false);
        // No whole number of gaps: streams don't beat in time.
        return new ClosedLoad(loop, target, request, streams, spread + (behaviour.Gap / 2));
    }

    protected override void AddFigures(Window window, Dictionary<string, double> figures)
    {
        figures[Figure.CpuPerToken.Name] = window.ContenderMicroseconds / window.Tokens;
        figures[Figure.LoadCpuPerToken.Name] = window.LoadMicroseconds / window.Tokens;
        figures[Figure.TokensPerSecond.Name] = window.Tokens / window.Seconds;
        window.AddTimes(window.Tally.TokenTimes, figures);
    }

    protected override long Done(LoadTally tally) => tally.Tokens;
}
