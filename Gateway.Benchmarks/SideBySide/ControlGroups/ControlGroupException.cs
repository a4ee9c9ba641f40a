namespace Gateway.Benchmarks.SideBySide.ControlGroups;

/// <summary>No control group can be made.</summary>
internal sealed class ControlGroupException(string reason, Exception? cause = null) : Exception(
    $"No control group can be made: {reason}. It takes root, or a user whose session's group hands on the controllers cpu and memory, and a tree of groups "
    + "that is mounted writable (in a container: --privileged, or /sys/fs/cgroup mounted rw).",
    cause);
