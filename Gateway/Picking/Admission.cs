using System.Collections.Concurrent;
using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>
/// The queue of each route, kept by its pair, so that it outlives any route table; and the limits that hold for every route.
/// </summary>
internal sealed class Admission(TimeProvider time)
{
    private readonly ConcurrentDictionary<MappingKey, AdmissionQueue> _queues = new();
    private volatile AdmissionLimits? _limits;

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

    /// <summary>How it stands with the route's places; null when there is no limit.</summary>
    public AdmissionForecast? Foresee(Route route)
    {
        if (_limits is not { } limits)
            return null;
        return _queues.TryGetValue(KeyOf(route), out AdmissionQueue? queue)
            ? new AdmissionForecast(limits, queue.InFlight, queue.Length, queue.Foresee(limits))
            : new AdmissionForecast(limits, InFlight: 0, Waiting: 0, AdmissionOutcome.Admitted);
    }

    private static MappingKey KeyOf(Route route) => new(route.Model, EngineNames.Canonical(route.OwnedBy));
}
