using Gateway.Benchmarks.SideBySide.Contenders;
using Gateway.Benchmarks.SideBySide.ControlGroups;

namespace Gateway.Benchmarks.SideBySide;

/// <summary>One way from the load client to the engines: none at all, a peer, or the gateway.</summary>
internal interface IContender
{
    /// <summary>As it stands in tables and behind <c>--contenders</c>: lower case, digits and hyphens.</summary>
    string Name { get; }

    /// <summary>What it can't do, by <see cref="Scenario.Name"/>: left out rather than measured wrong.</summary>
    IReadOnlySet<string> LeftOut { get; }

    /// <summary>Why it can't run on this machine, and how to install what is missing; null when it can.</summary>
    string? Missing();

    /// <summary>Starts it, and waits until it answers.</summary>
    Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken);
}

/// <summary>A contender that is up. Disposing it ends all of its processes.</summary>
internal interface IRunningContender : IAsyncDisposable
{
    /// <summary>Where requests are sent.</summary>
    Uri Url { get; }

    /// <summary>Every process whose CPU time and memory count as its cost; none for the direct way.</summary>
    IReadOnlyList<int> ProcessIds { get; }

    /// <summary>What limits it when it is under a quota; null otherwise.</summary>
    ControlGroup? Group { get; }
}

/// <param name="Engines">The engines it spreads requests over; all serve <see cref="BenchmarkModel.Name"/> as <see cref="BenchmarkModel.OwnedBy"/>.</param>
/// <param name="Gateway">Which gateway takes part; its runtime settings are those of every contender that is .NET.</param>
/// <param name="Cpu">The processor it is pinned to, all threads of it; null puts it into a control group with a quota instead.</param>
/// <param name="WorkFolder">An empty folder for its configuration and logs.</param>
internal sealed record ContenderSetup(IReadOnlyList<Uri> Engines, GatewayBuild Gateway, int? Cpu, string WorkFolder);

/// <summary>What every request of a benchmark asks for.</summary>
internal static class BenchmarkModel
{
    public const string Name = "meta-llama/Llama-3.2-1B-Instruct";
    public const string OwnedBy = "vllm";
}
