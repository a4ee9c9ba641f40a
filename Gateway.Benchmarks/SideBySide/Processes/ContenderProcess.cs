using System.Diagnostics;
using Gateway.Benchmarks.SideBySide.ControlGroups;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>A contender's process and all that it starts, on the contender's processor or under a quota.</summary>
internal sealed class ContenderProcess : IAsyncDisposable
{
    // Ten thousand streams take twenty thousand descriptors, which is more than the usual limit; where it can't be raised, all that is allowed is taken.
    // A runtime looks at its limits when it starts: by then it must be in its group.
    private const string Launcher = """
        log=$1; shift
        ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -H -n)"
        while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit; shift; done
        shift
        exec "$@" > "$log" 2>&1 < /dev/null
        """;

    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _name;
    private readonly string _log;

    private ContenderProcess(Process process, ControlGroup? group, string name, string log)
    {
        _process = process;
        Group = group;
        _name = name;
        _log = log;
    }

    /// <summary>All processes that are there now: a master and its workers.</summary>
    public IReadOnlyList<int> Ids => ProcessFamily.From(_process.Id);

    /// <summary>Null when it has a processor to itself.</summary>
    public ControlGroup? Group { get; }

    public static ContenderProcess Start(
        string name, ContenderSetup setup, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        string log = Path.Combine(setup.WorkFolder, $"{name}.log");
        ControlGroup? group = setup.Cpu is null ? ControlGroup.Create() : null;
        string processors = setup.Cpu is { } cpu ? $"{cpu}" : Processor.Any;
        var start = new ProcessStartInfo("/bin/sh", ["-c", Launcher, "sh", log, .. group?.Folders ?? [], "--", "taskset", "-c", processors, .. command])
        {
            WorkingDirectory = setup.WorkFolder,
        };
        foreach ((string key, string value) in environment)
            start.Environment[key] = value;
        return new ContenderProcess(Process.Start(start)!, group, name, log);
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
        if (Group is not null)
            await Group.DisposeAsync();
    }
}
