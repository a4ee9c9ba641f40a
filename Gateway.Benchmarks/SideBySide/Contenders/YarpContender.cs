using Gateway.Benchmarks.SideBySide.Processes;
using Gateway.Benchmarks.SideBySide.YarpPeer;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>YARP with a middleware that peeks into the body.</summary>
/// <param name="inline">With completions run on the threads of the sockets; YARP's defaults otherwise.</param>
internal sealed class YarpContender(string name, bool inline) : IContender
{
    public string Name => name;

    public IReadOnlySet<string> LeftOut => Contenders.NothingLeftOut;

    public string? Missing() => null;

    public async Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken)
    {
        string engines = Path.Combine(setup.WorkFolder, "engines.txt");
        await File.WriteAllLinesAsync(engines, setup.Engines.Select(engine => engine.ToString()), cancellationToken);

        int port = FreePort.Find();
        var url = new Uri($"http://127.0.0.1:{port}");
        var environment = new Dictionary<string, string>(DotnetProgram.Environment);
        if (inline)
            environment[DotnetProgram.InlineCompletions] = "1";
        ContenderProcess process = ContenderProcess.Start(
            Name, setup, DotnetProgram.Verb(setup.Gateway, [YarpProxy.Verb, $"{port}", engines, .. inline ? [YarpProxy.InlineSwitch] : Array.Empty<string>()]), environment);
        return await RunningContender.WhenReadyAsync(url, process, () => Readiness.WaitForChatAsync(process, url, cancellationToken));
    }
}
