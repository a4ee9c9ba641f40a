using System.Collections.Concurrent;
using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>Hands out the one <see cref="LiveEndpoint"/> of an address, so that its counters outlive any route table.</summary>
internal sealed class EndpointRegistry(TimeProvider time)
{
    /// <summary>
    /// How long an endpoint is remembered that nobody names: longer than any ejection, so that a flap of its source wipes nothing; and short,
    /// because its address may be given to another pod.
    /// </summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<EndpointAddress, LiveEndpoint> _endpoints = new();

    // Since when nobody names them.
    private readonly ConcurrentDictionary<LiveEndpoint, long> _unnamed = new();

    /// <summary>Those that a route or a source names, and those whose requests are still running.</summary>
    public IEnumerable<LiveEndpoint> All => _endpoints.Values.Where(endpoint => !_unnamed.ContainsKey(endpoint) || endpoint.InFlight > 0);

    public LiveEndpoint Get(EndpointAddress address) =>
        _endpoints.GetOrAdd(address, static (key, clock) => new LiveEndpoint(key, clock), time);

    /// <summary>
    /// Forgets, after a time, every endpoint that no route and no source names any more; one with requests running is kept until they end.
    /// </summary>
    public void Retain(Func<LiveEndpoint, bool> isNamed)
    {
        foreach ((_, LiveEndpoint endpoint) in _endpoints)
        {
            if (isNamed(endpoint))
            {
                _unnamed.TryRemove(endpoint, out _);
                continue;
            }

            endpoint.IsWithheld = true;
            long since = _unnamed.GetOrAdd(endpoint, static (_, clock) => clock.GetTimestamp(), time);
            if (endpoint.InFlight == 0 && time.GetElapsedTime(since) > Memory)
            {
                _endpoints.TryRemove(KeyValuePair.Create(endpoint.Address, endpoint));
                _unnamed.TryRemove(endpoint, out _);
            }
        }
    }
}
