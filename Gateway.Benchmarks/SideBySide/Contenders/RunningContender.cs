using Gateway.Benchmarks.SideBySide.ControlGroups;
using Gateway.Benchmarks.SideBySide.Processes;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>A contender that is a process of its own.</summary>
internal sealed class RunningContender(Uri url, ContenderProcess process) : IRunningContender
{
    public Uri Url => url;

    public IReadOnlyList<int> ProcessIds => process.Ids;

    public ControlGroup? Group => process.Group;

    /// <summary>Waits until it answers, and ends it if it doesn't.</summary>
    public static async Task<IRunningContender> WhenReadyAsync(Uri url, ContenderProcess process, Func<Task> ready)
    {
        try
        {
            await ready();
            return new RunningContender(url, process);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
