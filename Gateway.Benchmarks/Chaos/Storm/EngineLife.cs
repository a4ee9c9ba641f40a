using System.Diagnostics;
using Gateway.Simulation;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>A simulated engine, and when it was down.</summary>
internal sealed class EngineLife(SimulatedEngine engine)
{
    private readonly Lock _lock = new();
    private readonly List<(long From, long To)> _downs = [];

    public SimulatedEngine Engine => engine;

    public string OwnedBy => engine.Settings.OwnedBy;

    public bool IsDown
    {
        get
        {
            lock (_lock)
                return _downs is [.., { To: long.MaxValue }];
        }
    }

    /// <summary>Closes its port and resets its connections. The time begins before that and ends after a revival, so that it is never told too short.</summary>
    public Task KillAsync()
    {
        lock (_lock)
            _downs.Add((Stopwatch.GetTimestamp(), long.MaxValue));
        return engine.KillAsync();
    }

    public async Task ReviveAsync(CancellationToken cancellationToken)
    {
        await engine.ReviveAsync(cancellationToken);
        lock (_lock)
            _downs[^1] = _downs[^1] with { To = Stopwatch.GetTimestamp() };
    }

    /// <summary>Whether it was, for some of the time. Both are timestamps of the stopwatch.</summary>
    public bool WasDown(long from, long to)
    {
        lock (_lock)
            return _downs.Exists(down => down.From <= to && down.To >= from);
    }
}
