using System.Collections.Concurrent;
using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>Hands out the one <see cref="LiveEndpoint"/> of an address, so that its counters outlive any route table.</summary>
internal sealed class EndpointRegistry(TimeProvider time)
{
    private readonly ConcurrentDictionary<EndpointAddress, LiveEndpoint> _endpoints = new();

    public IEnumerable<LiveEndpoint> All => _endpoints.Values;

    public LiveEndpoint Get(EndpointAddress address) =>
        _endpoints.GetOrAdd(address, static (key, clock) => new LiveEndpoint(key, clock), time);

    /// <summary>Forgets every endpoint that no route and no source names any more; one with requests running is kept until they end.</summary>
    public void Retain(IReadOnlySet<LiveEndpoint> named)
    {
        foreach (LiveEndpoint endpoint in _endpoints.Values)
        {
            if (!named.Contains(endpoint) && endpoint.InFlight == 0)
                _endpoints.TryRemove(KeyValuePair.Create(endpoint.Address, endpoint));
        }
    }
}
