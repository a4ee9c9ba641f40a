using Gateway.Benchmarks.SideBySide.Load;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>Answers in one piece, as many as come over so many connections.</summary>
internal sealed record ChatScenario(string Name, string Title, int BodySize, int Connections) : LoadScenario(Name, Title, Figure.CpuPerRequest)
{
    public bool ModelFirst { get; init; } = true;

    public int MoreHeaders { get; init; }

    /// <summary>Whether each request has a connection of its own.</summary>
    public bool Churns { get; init; }

    public int EndpointCount { get; init; } = 2;

    public override int Endpoints => EndpointCount;

    protected override RunningLoad CreateLoad(ScenarioRun run)
    {
        var body = new ChatBody(BodySize, ModelFirst, stream: false);
        return new ClosedLoad(run.Loop, run.Target, new Request(Behaviour.Unary, body, MoreHeaders, Churns), Connections, spread: 0);
    }

    protected override void AddFigures(Window window, Dictionary<string, double> figures)
    {
        figures[Figure.CpuPerRequest.Name] = window.ContenderMicroseconds / window.Replies;
        if (Headline == Figure.CpuPerMegabyte)
            figures[Figure.CpuPerMegabyte.Name] = window.ContenderMicroseconds / window.Replies / BodySize * 1024 * 1024;
        figures[Figure.LoadCpuPerRequest.Name] = window.LoadMicroseconds / window.Replies;
        figures[Figure.RequestsPerSecond.Name] = window.Replies / window.Seconds;
        window.AddTimes(window.Tally.ReplyTimes, figures);
    }
}
