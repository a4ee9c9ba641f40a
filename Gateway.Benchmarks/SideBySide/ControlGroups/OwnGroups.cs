namespace Gateway.Benchmarks.SideBySide.ControlGroups;

/// <summary>The control groups this process is in, as the kernel tells: new ones are made below or beside them.</summary>
/// <param name="Version">1, where each controller has a tree of its own, or 2, with one tree for all.</param>
/// <param name="Cpu">The folder of its group in the tree that limits processor time.</param>
/// <param name="Memory">The same of the tree that limits memory.</param>
/// <param name="Mount">Where the tree of version 2 begins; no group is looked for above it.</param>
internal sealed record OwnGroups(int Version, string Cpu, string Memory, string Mount)
{
    private const string FirstVersion = "cgroup";
    private const string SecondVersion = "cgroup2";
    private const string CpuController = "cpu";
    private const string MemoryController = "memory";

    /// <param name="mountInfo">What <c>/proc/self/mountinfo</c> says.</param>
    /// <param name="membership">What <c>/proc/self/cgroup</c> says.</param>
    /// <returns>Null when no tree of the machine limits both.</returns>
    public static OwnGroups? Find(string mountInfo, string membership)
    {
        Tree[] trees = [.. mountInfo.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Tree.Parse).OfType<Tree>()];
        // Where both versions are mounted, the controllers are with the first: a controller is in one tree only.
        if (Folder(CpuController) is { } cpu && Folder(MemoryController) is { } memory)
            return new OwnGroups(1, cpu, memory, "");
        if (Array.Find(trees, tree => tree.Kind == SecondVersion) is not { } unified)
            return null;
        string folder = unified.FolderOf(PathIn(membership, ""));
        return new OwnGroups(2, folder, folder, unified.MountPoint);

        string? Folder(string controller) =>
            Array.Find(trees, tree => tree.Kind == FirstVersion && tree.Options.Contains(controller))?.FolderOf(PathIn(membership, controller));
    }

    // "4:cpu,cpuacct:/a/group"; of version 2 "0::/a/group".
    private static string PathIn(string membership, string controller) => membership
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(':', 3))
        .FirstOrDefault(fields => fields.Length == 3 && fields[1].Split(',').Contains(controller))?[2] ?? "/";

    /// <param name="Kind">Of the file system.</param>
    /// <param name="Root">The group that is seen as the beginning of the tree.</param>
    /// <param name="MountPoint">Where it is seen.</param>
    /// <param name="Options">With the controllers of version 1.</param>
    private sealed record Tree(string Kind, string Root, string MountPoint, string[] Options)
    {
        // "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu", see proc_pid_mountinfo(5).
        public static Tree? Parse(string line)
        {
            if (line.Split(" - ") is not [string mount, string fileSystem])
                return null;
            string[] place = mount.Split(' ');
            string[] kind = fileSystem.Split(' ');
            return kind[0] is FirstVersion or SecondVersion && place.Length > 4 && kind.Length > 2
                ? new Tree(kind[0], place[3], place[4], kind[2].Split(','))
                : null;
        }

        // In a container the tree may begin at the container's own group, while the path is the machine's.
        public string FolderOf(string path)
        {
            string root = Root.TrimEnd('/');
            return path.StartsWith(root + "/", StringComparison.Ordinal) ? (MountPoint + path[root.Length..]).TrimEnd('/') : MountPoint;
        }
    }
}
