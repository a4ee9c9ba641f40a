using System.Globalization;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>
/// A control group of one processor and 512 MiB, as a pod's limits make one. It is made beside or below the group of this process, never
/// outside of the limits that hold already. Disposing it removes it; its processes must have ended by then.
/// </summary>
internal sealed class CpuQuota : IDisposable
{
    public const long MemoryBytes = 512 * 1024 * 1024;

    private const string Root = "/sys/fs/cgroup";

    // The kernel's default, and what Kubernetes uses.
    private const int PeriodMicroseconds = 100_000;

    private static readonly string GroupName = $"gateway-benchmark-{Environment.ProcessId}";

    private readonly List<string> _folders = [];

    private CpuQuota()
    {
    }

    /// <summary>The files that a process writes its id to, to be a member.</summary>
    public IReadOnlyList<string> MemberFiles => [.. _folders.Select(folder => Path.Combine(folder, "cgroup.procs"))];

    /// <param name="reason">Why there is none; null when there is one.</param>
    public static CpuQuota? TryCreate(out string? reason)
    {
        var quota = new CpuQuota();
        try
        {
            if (!Directory.Exists(Root))
                throw new IOException($"there is no {Root}");
            if (File.Exists($"{Root}/cgroup.controllers"))
                quota.CreateUnified();
            else
                quota.CreateHierarchies();
            reason = null;
            return quota;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            quota.Dispose();
            reason = $"No control group of one processor can be made on this machine: {refused.Message.TrimEnd('.')}.";
            return null;
        }
    }

    public void Dispose()
    {
        foreach (string folder in _folders)
            Directory.Delete(folder);
        _folders.Clear();
    }

    // Version 2: a group that has members can't limit groups below it, so ours stands beside the one of this process.
    private void CreateUnified()
    {
        string own = OwnGroup("");
        string parent = own == "/" ? Root : Root + Path.GetDirectoryName(own)!.TrimEnd('/');
        string enabled = Path.Combine(parent, "cgroup.subtree_control");
        if (File.ReadAllText(enabled).Split((char[])[' ', '\n']) is var controllers && !(controllers.Contains("cpu") && controllers.Contains("memory")))
            File.WriteAllText(enabled, "+cpu +memory");

        string folder = Create(parent);
        Write(folder, "cpu.max", $"{PeriodMicroseconds} {PeriodMicroseconds}");
        Write(folder, "memory.max", Text(MemoryBytes));
        Write(folder, "memory.swap.max", "0");
    }

    private void CreateHierarchies()
    {
        string cpu = Create(OwnFolder("cpu"));
        Write(cpu, "cpu.cfs_period_us", Text(PeriodMicroseconds));
        Write(cpu, "cpu.cfs_quota_us", Text(PeriodMicroseconds));
        string memory = Create(OwnFolder("memory"));
        Write(memory, "memory.limit_in_bytes", Text(MemoryBytes));
    }

    // In a container the path that /proc tells may be the host's, and the container's own group is mounted as the root.
    private static string OwnFolder(string controller)
    {
        string folder = $"{Root}/{controller}{OwnGroup(controller)}";
        return Directory.Exists(folder) ? folder : $"{Root}/{controller}";
    }

    // "4:memory:/a/b", "5:cpu,cpuacct:/", and "0::/a/b" for version 2.
    private static string OwnGroup(string controller)
    {
        foreach (string line in File.ReadLines("/proc/self/cgroup"))
        {
            string[] parts = line.Split(':', 3);
            if (parts[1].Split(',').Contains(controller))
                return parts[2];
        }

        throw new IOException($"this process is in no control group for '{controller}'");
    }

    private string Create(string parent)
    {
        string folder = Path.Combine(parent, GroupName);
        Directory.CreateDirectory(folder);
        _folders.Add(folder);
        return folder;
    }

    private static void Write(string folder, string file, string value) => File.WriteAllText(Path.Combine(folder, file), value);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
