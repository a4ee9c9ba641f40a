using System.Diagnostics;
using System.Globalization;

namespace Gateway.Benchmarks.SideBySide.ControlGroups;

/// <summary>A group of processes that the kernel limits to the time of one processor and to 512 MiB. It is removed when it is disposed of.</summary>
internal sealed class ControlGroup : IAsyncDisposable
{
    private const long PeriodMicroseconds = 100_000;
    private const long MemoryBytes = 512 * 1024 * 1024;

    // A process that has been killed is out of its group a moment later.
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private static int _made;

    private readonly int _version;
    private readonly string _cpu;
    private readonly string _memory;

    private ControlGroup(int version, string cpu, string memory)
    {
        _version = version;
        _cpu = cpu;
        _memory = memory;
        Folders = cpu == memory ? [cpu] : [cpu, memory];
    }

    /// <summary>A process is in the group when its number has been written to <c>cgroup.procs</c> in each of them.</summary>
    public IReadOnlyList<string> Folders { get; }

    /// <summary>For the head of a report.</summary>
    public string Describe() => $"in a control group (version {_version}) of one processor's time and 512 MiB, not pinned";

    /// <exception cref="ControlGroupException">This machine, or this user's rights, don't let one be made.</exception>
    public static ControlGroup Create()
    {
        string name = $"side-by-side-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}";
        OwnGroups own = OwnGroups.Find(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"))
            ?? throw new ControlGroupException("no tree with the controllers cpu and memory is mounted");
        string? unified = own.Version == 1 ? null : FindHanding(own);
        var group = new ControlGroup(own.Version, Path.Combine(unified ?? own.Cpu, name), Path.Combine(unified ?? own.Memory, name));
        try
        {
            foreach (string folder in group.Folders)
                Directory.CreateDirectory(folder);
            group.Limit();
            return group;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            foreach (string folder in group.Folders.Where(Directory.Exists))
                Directory.Delete(folder);
            throw new ControlGroupException(refused.Message, refused);
        }
    }

    public QuotaUse Read() => _version == 1
        ? new QuotaUse(
            Field(_cpu, "cpu.stat", "nr_throttled"), TimeSpan.FromMicroseconds(Field(_cpu, "cpu.stat", "throttled_time") / 1_000.0),
            Field(_memory, "memory.oom_control", "oom_kill"))
        : new QuotaUse(
            Field(_cpu, "cpu.stat", "nr_throttled"), TimeSpan.FromMicroseconds(Field(_cpu, "cpu.stat", "throttled_usec")),
            Field(_memory, "memory.events", "oom_kill"));

    public async ValueTask DisposeAsync()
    {
        var waited = Stopwatch.StartNew();
        foreach (string folder in Folders)
        {
            while (Directory.Exists(folder))
            {
                try
                {
                    Directory.Delete(folder);
                }
                catch (IOException) when (waited.Elapsed < EndTimeout)
                {
                    await Task.Delay(10);
                }
            }
        }
    }

    // In the second version a group with processes hands on no controllers, so the new group is made beside this program's rather than below it.
    private static string FindHanding(OwnGroups own)
    {
        for (string? folder = own.Cpu; folder is not null && folder.StartsWith(own.Mount, StringComparison.Ordinal); folder = Path.GetDirectoryName(folder))
        {
            string list = Path.Combine(folder, "cgroup.subtree_control");
            if (File.Exists(list) && File.ReadAllText(list).Split([' ', '\n']) is { } controllers && controllers.Contains("cpu") && controllers.Contains("memory"))
                return folder;
        }

        throw new ControlGroupException($"neither {own.Cpu} nor a group above it hands on the controllers cpu and memory (cgroup.subtree_control)");
    }

    private void Limit()
    {
        if (_version == 1)
        {
            Write(_cpu, "cpu.cfs_period_us", $"{PeriodMicroseconds}");
            Write(_cpu, "cpu.cfs_quota_us", $"{PeriodMicroseconds}");
            Write(_memory, "memory.limit_in_bytes", $"{MemoryBytes}");
            WriteIfThere(_memory, "memory.memsw.limit_in_bytes", $"{MemoryBytes}");
        }
        else
        {
            Write(_cpu, "cpu.max", $"{PeriodMicroseconds} {PeriodMicroseconds}");
            Write(_memory, "memory.max", $"{MemoryBytes}");
            WriteIfThere(_memory, "memory.swap.max", "0");
        }
    }

    // Not every kernel counts what is swapped out.
    private static void WriteIfThere(string folder, string file, string value)
    {
        if (File.Exists(Path.Combine(folder, file)))
            Write(folder, file, value);
    }

    private static void Write(string folder, string file, string value) => File.WriteAllText(Path.Combine(folder, file), value);

    private static long Field(string folder, string file, string name) => File.ReadLines(Path.Combine(folder, file))
        .Select(line => line.Split(' '))
        .Where(words => words[0] == name)
        .Select(words => long.Parse(words[1], CultureInfo.InvariantCulture))
        .FirstOrDefault();
}
