using System.Collections.Concurrent;
using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>
/// The queue of each route, kept by its pair, so that it outlives any route table; and the limits that hold for every route and every endpoint.
/// </summary>
internal sealed class Admission(TimeProvider time)
{
    private readonly ConcurrentDictionary<MappingKey, AdmissionQueue> _queues = new();
    private volatile AdmissionLimits? _limits;
    private int _waiting;
    private long _lastTicket;

    /// <summary>
    /// Null: no limit. New limits hold for whoever comes from now on, and are told to those who wait. Requests that run stay, also those that came in
    /// without being counted while there was no limit.
    /// </summary>
    public AdmissionLimits? Limits
    {
        get => _limits;
        set
        {
            _limits = value;

            // A queue that is made at this moment reads the new ones by itself.
            foreach (AdmissionQueue queue in _queues.Values)
                queue.Reconsider();
        }
    }

    public IEnumerable<KeyValuePair<MappingKey, AdmissionQueue>> Queues => _queues;

    /// <summary>Where requests of the route ask for a place; null when they need none.</summary>
    public AdmissionQueue? QueueOf(Route route) => _limits is null ? null : _queues.GetOrAdd(
        KeyOf(route),
        static (_, made) => new AdmissionQueue(made.Admission, made.Clock),
        (Admission: this, Clock: time));

    /// <summary>A request begins to wait in any of the queues.</summary>
    /// <returns>Its ticket: later ones are higher.</returns>
    public long BeginWaiting()
    {
        Interlocked.Increment(ref _waiting);
        return Interlocked.Increment(ref _lastTicket);
    }

    /// <summary>A request no longer waits.</summary>
    public void EndWaiting() => Interlocked.Decrement(ref _waiting);

    /// <summary>
    /// There may be room at some endpoint for those who wait. Any route may use it, so the one who waits longest is asked first: else routes that
    /// share an endpoint could take it from one another for ever.
    /// </summary>
    public void Serve()
    {
        if (Volatile.Read(ref _waiting) == 0)
            return;
        foreach (AdmissionQueue queue in _queues.Select(pair => pair.Value).Where(queue => queue.First != long.MaxValue).OrderBy(queue => queue.First))
            queue.Reconsider();
    }

    /// <summary>How it stands with the route's places; null when there is no limit.</summary>
    /// <param name="route">The route.</param>
    /// <param name="hasEndpoint">Whether it has an endpoint that a request could have.</param>
    public AdmissionForecast? Foresee(Route route, bool hasEndpoint)
    {
        if (_limits is not { } limits)
            return null;
        if (!_queues.TryGetValue(KeyOf(route), out AdmissionQueue? queue))
            queue = new AdmissionQueue(this, time);
        return new AdmissionForecast(limits, queue.InFlight, queue.Length, queue.Foresee(limits, hasEndpoint));
    }

    private static MappingKey KeyOf(Route route) => new(route.Model, EngineNames.Canonical(route.OwnedBy));
}
