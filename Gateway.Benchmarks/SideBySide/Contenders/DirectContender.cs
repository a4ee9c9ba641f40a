using Gateway.Benchmarks.SideBySide.ControlGroups;

namespace Gateway.Benchmarks.SideBySide.Contenders;

/// <summary>No proxy at all: what client and engine take by themselves.</summary>
internal sealed class DirectContender : IContender
{
    public string Name => "direct";

    public IReadOnlySet<string> LeftOut => Contenders.NothingLeftOut;

    public string? Missing() => null;

    public Task<IRunningContender> StartAsync(ContenderSetup setup, CancellationToken cancellationToken) =>
        Task.FromResult<IRunningContender>(new Running(setup.Engines[0]));

    private sealed record Running(Uri Url) : IRunningContender
    {
        public IReadOnlyList<int> ProcessIds => [];

        public ControlGroup? Group => null;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
