using System.Diagnostics;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>A contender's process and all that it starts, on the contender's processor.</summary>
internal sealed class ContenderProcess : IAsyncDisposable
{
    // Ten thousand streams take twenty thousand descriptors, which is more than the usual limit; where it can't be raised, all that is allowed is taken.
    private const string Launcher = """
        log=$1; shift
        ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -H -n)"
        exec "$@" > "$log" 2>&1 < /dev/null
        """;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _name;
    private readonly string _log;

    private ContenderProcess(Process process, string name, string log)
    {
        _process = process;
        _name = name;
        _log = log;
    }

    /// <summary>All processes that are there now: a master and its workers.</summary>
    public IReadOnlyList<int> Ids => ProcessFamily.From(_process.Id);

    public static ContenderProcess Start(
        string name, ContenderSetup setup, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        string log = Path.Combine(setup.WorkFolder, $"{name}.log");
        var start = new ProcessStartInfo("/bin/sh", ["-c", Launcher, "sh", log, "taskset", "-c", $"{setup.Cpu}", .. command])
        {
            WorkingDirectory = setup.WorkFolder,
        };
        foreach ((string key, string value) in environment)
            start.Environment[key] = value;
        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{name} can't be started.");
        return new ContenderProcess(process, name, log);
    }

    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public void ThrowIfEnded()
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"{_name} ended with {_process.ExitCode}. {LastWords()}");
    }

    public string LastWords() => File.Exists(_log) ? $"The end of its log:\n{string.Join('\n', File.ReadLines(_log).TakeLast(20))}" : "It has no log.";

    public async ValueTask DisposeAsync()
    {
        IReadOnlyList<int> ids = Ids;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        // Workers are not our children: they are gone when the kernel says so. Their ports and their memory are free only then.
        var waited = Stopwatch.StartNew();
        while (ids.Any(ProcessFamily.IsRunning) && waited.Elapsed < EndTimeout)
            await Task.Delay(10);
        _process.Dispose();
    }
}
