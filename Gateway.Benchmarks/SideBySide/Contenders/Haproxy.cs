using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>What both ways of running HAProxy share.</summary>
internal static class Haproxy
{
    public static string? Missing() => InstalledProgram.Find("haproxy") is null ? "haproxy is not installed: apt-get install haproxy" : null;

    // Without maxconn HAProxy takes what the limit of descriptors allows.
    public const string Global = """
        global
            nbthread 1
        """;

    public static string Servers(IReadOnlyList<Uri> engines) =>
        string.Join('\n', engines.Select((engine, i) => $"    server engine{i} {engine.Authority}"));

    public static async Task<IRunningContender> StartAsync(
        string name,
        ContenderSetup setup,
        int port,
        string configuration,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        string file = Path.Combine(setup.WorkFolder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, configuration + "\n", cancellationToken);
        var url = new Uri($"http://127.0.0.1:{port}");
        ContenderProcess process = ContenderProcess.Start(
            name, setup, [InstalledProgram.Find("haproxy")!, "-db", "-f", file], environment);
        return await RunningContender.WhenReadyAsync(url, process, () => Readiness.WaitForChatAsync(process, url, cancellationToken));
    }
}
