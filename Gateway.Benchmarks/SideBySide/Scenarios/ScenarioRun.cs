using System.Net;
using Gateway.Benchmarks.SideBySide.ControlGroups;
using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>One contender that is up, and what is needed to measure it.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Setup">How it was started.</param>
/// <param name="Target">Where it listens.</param>
/// <param name="Processes">It.</param>
/// <param name="Group">Under a quota, what limits it.</param>
/// <param name="Engines">What stands behind it.</param>
/// <param name="Loop">Where the load runs.</param>
/// <param name="Seconds">How long to measure.</param>
/// <param name="Samples">How many times are to be taken where the measure is about rare ones, however long that is.</param>
/// <param name="CancellationToken">Ends everything.</param>
internal sealed record ScenarioRun(
    IContender Contender, ContenderSetup Setup, IPEndPoint Target, ProcessGroup Processes, ControlGroup? Group, EngineFleet Engines, EventLoop Loop,
    double Seconds, int Samples, CancellationToken CancellationToken)
{
    /// <summary>The way without any contender has no cost of its own.</summary>
    public bool IsDirect => Setup.Engines.Any(engine => engine.Port == Target.Port);

    /// <summary>Past the contender, for what times would be without it.</summary>
    public IPEndPoint DirectTarget { get; } = new(IPAddress.Loopback, Setup.Engines[0].Port);

    public void RunFor(double seconds) => Loop.RunUntil(MonotonicClock.Now + (long)(seconds * MonotonicClock.Second), CancellationToken);
}
