using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Discovery;

/// <summary>Keeps one <see cref="ProbeLoop"/> for each address that matters.</summary>
internal sealed class EndpointProber(EndpointRegistry registry, EngineProbe probe, TimeProvider time, ILogger<EndpointProber> logger) : IDisposable
{
    private readonly Lock _changing = new();
    private bool _stopped;

    // An immutable snapshot: read by requests for the state of things while Watch makes the next one.
    private volatile IReadOnlyDictionary<EndpointAddress, ProbeLoop> _loops = new Dictionary<EndpointAddress, ProbeLoop>();

    /// <summary>Raised when an endpoint was probed for the first time or lists other models, on any thread.</summary>
    public event Action? Changed;

    public bool Probes(EndpointAddress address) => _loops.ContainsKey(address);

    /// <summary>Whose last probe failed, and why; those that are paused are not expected to answer.</summary>
    public IEnumerable<(EndpointAddress Address, string Error)> Failures =>
        from loop in _loops.Values
        let error = loop.Latest?.Error
        where error is not null && !loop.IsPaused
        select (loop.Endpoint.Address, error);

    /// <summary>How the address stands; null until its first probe has ended.</summary>
    public ProbeOutcome? Latest(EndpointAddress address) => _loops.GetValueOrDefault(address)?.Latest;

    /// <summary>
    /// Probes these addresses from now on, and no others. Where one is named twice, the first says how; one that is paused is only kept,
    /// not begun.
    /// </summary>
    public void Watch(IEnumerable<ProbeTarget> targets)
    {
        lock (_changing)
        {
            if (_stopped)
                return;

            IReadOnlyDictionary<EndpointAddress, ProbeLoop> before = _loops;
            var after = new Dictionary<EndpointAddress, ProbeLoop>(before.Count);
            foreach (ProbeTarget target in targets)
            {
                if (after.ContainsKey(target.Address))
                    continue;
                if (before.TryGetValue(target.Address, out ProbeLoop? loop))
                    loop.Retarget(target);
                else if (target.IsPaused)
                    continue;
                else
                    loop = new ProbeLoop(registry.Get(target.Address), target, probe, time, logger, () => Changed?.Invoke());
                after.Add(target.Address, loop);
            }

            _loops = after;
            foreach (ProbeLoop loop in after.Values.Where(loop => !before.ContainsKey(loop.Endpoint.Address)))
                loop.Start();
            foreach (ProbeLoop loop in before.Values.Where(loop => !after.ContainsKey(loop.Endpoint.Address)))
                loop.Dispose();
        }
    }

    /// <summary>Probes every address once more, all at once.</summary>
    public Task ProbeAllAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_loops.Values.Select(loop => loop.ProbeNowAsync(cancellationToken)));

    public void Dispose()
    {
        lock (_changing)
        {
            _stopped = true;
            foreach (ProbeLoop loop in _loops.Values)
                loop.Dispose();
        }
    }
}
