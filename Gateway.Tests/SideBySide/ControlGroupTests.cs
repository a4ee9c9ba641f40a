using System.Diagnostics;
using Gateway.Benchmarks.SideBySide.ControlGroups;

namespace Gateway.Tests.SideBySide;

/// <summary>With a real group of this machine, where one can be made.</summary>
public sealed class ControlGroupTests
{
    private const int Killed = 128 + 9;

    [Fact]
    public async Task AGroup_HoldsWhatIsPutIntoIt_AndIsGoneAfterwards()
    {
        ControlGroup group = Create();
        await using (group)
        {
            (int code, string membership) = await RunInAsync(group, "cat /proc/self/cgroup");

            Assert.Equal(0, code);
            Assert.All(group.Folders, folder => Assert.Contains($"/{Path.GetFileName(folder)}\n", membership, StringComparison.Ordinal));
            Assert.Equal(0, group.Read().Kills);
        }

        Assert.All(group.Folders, folder => Assert.False(Directory.Exists(folder)));
    }

    [Fact]
    public async Task AProcessThatWantsMoreMemory_IsKilledAndCounted()
    {
        await using ControlGroup group = Create();

        // It looks for the last line of something endless that has none.
        (int code, _) = await RunInAsync(group, "tail /dev/zero");

        Assert.Equal(Killed, code);
        Assert.Equal(1, group.Read().Kills);
    }

    private static ControlGroup Create()
    {
        try
        {
            return ControlGroup.Create();
        }
        catch (ControlGroupException refused)
        {
            Assert.Skip(refused.Message);
            throw;
        }
    }

    private static async Task<(int Code, string Output)> RunInAsync(ControlGroup group, string command)
    {
        string script = $"for group; do echo $$ > \"$group/cgroup.procs\" || exit; done; exec {command}";
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script, "sh", .. group.Folders]) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
