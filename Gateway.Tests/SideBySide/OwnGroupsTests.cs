using Gateway.Benchmarks.SideBySide.ControlGroups;

namespace Gateway.Tests.SideBySide;

public sealed class OwnGroupsTests
{
    private const string FirstVersion = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
        33 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
        34 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        """;

    private const string SecondVersion = "35 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw,nsdelegate";

    [Fact]
    public void TreesOfTheFirstVersion_EachControllersOwnGroup() => Assert.Equal(
        new OwnGroups(1, "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/memory/a/group", ""),
        OwnGroups.Find(FirstVersion, "4:memory:/a/group\n3:cpuset:/\n2:cpu,cpuacct:/\n"));

    [Fact]
    public void OneTreeOfTheSecondVersion_TheSameGroupForBoth() => Assert.Equal(
        new OwnGroups(2, "/sys/fs/cgroup/unified/user.slice/a.scope", "/sys/fs/cgroup/unified/user.slice/a.scope", "/sys/fs/cgroup/unified"),
        OwnGroups.Find(SecondVersion, "0::/user.slice/a.scope\n"));

    [Fact]
    public void BothVersions_TheFirstHasTheControllers() =>
        Assert.Equal(1, OwnGroups.Find($"{SecondVersion}\n{FirstVersion}", "2:cpu,cpuacct:/\n4:memory:/\n0::/\n")!.Version);

    [Fact]
    public void TheFirstVersionWithoutTheControllers_TheSecondIsTaken() =>
        Assert.Equal(2, OwnGroups.Find($"33 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n{SecondVersion}", "0::/\n")!.Version);

    [Theory]
    [InlineData("/machine/a/below", "/sys/fs/cgroup/below")]
    [InlineData("/machine/a", "/sys/fs/cgroup")]
    // What the container can't see has no folder here.
    [InlineData("/machine/another", "/sys/fs/cgroup")]
    public void AContainersTree_BeginsAtItsOwnGroup(string path, string folder) =>
        Assert.Equal(folder, OwnGroups.Find("35 31 0:38 /machine/a /sys/fs/cgroup rw - cgroup2 cgroup2 rw", $"0::{path}\n")!.Cpu);

    [Theory]
    [InlineData("")]
    [InlineData("22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw")]
    [InlineData("32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu")]
    public void NoTreeThatLimitsBoth_None(string mountInfo) => Assert.Null(OwnGroups.Find(mountInfo, "1:cpu:/\n"));
}
