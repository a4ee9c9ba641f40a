namespace Gateway.Simulation;

/// <summary>The fault that an engine has been set to, and how many requests it still strikes.</summary>
internal sealed class FaultSwitch
{
    private readonly Lock _lock = new();
    private volatile SimulatedFault? _fault;
    private int _left;

    public SimulatedFault? Fault
    {
        get => _fault;
        set
        {
            lock (_lock)
            {
                _left = value?.Requests ?? 0;
                _fault = value is { Requests: <= 0 } ? null : value;
            }
        }
    }

    /// <summary>What strikes the next request; a fault for a number of requests has one less to go.</summary>
    public SimulatedFault Take(bool isProbe)
    {
        if (_fault is null)
            return SimulatedFault.None;

        lock (_lock)
        {
            if (_fault is not { } fault || (isProbe && !fault.IncludesProbes))
                return SimulatedFault.None;
            if (fault.Requests is not null && --_left == 0)
                _fault = null;
            return fault;
        }
    }
}
