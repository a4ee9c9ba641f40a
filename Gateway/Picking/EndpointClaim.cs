using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>
/// What a request wants of endpoints whose requests are limited: one that has room, counted as the request's own as soon as it is found, by the
/// request itself or, while that waits, by whoever makes room. Belongs to one request at a time, and is used again.
/// </summary>
internal sealed class EndpointClaim
{
    private EndpointPicker _picker = null!;
    private Route _preferred = null!;
    private RouteTier[] _tiers = [];
    private List<LiveEndpoint> _tried = [];
    private PickedEndpoint? _held;

    /// <param name="picker">Who chooses.</param>
    /// <param name="preferred">The route to look in first.</param>
    /// <param name="tiers">All that the request may take.</param>
    /// <param name="tried">Endpoints that it may not have.</param>
    public void Begin(EndpointPicker picker, Route preferred, RouteTier[] tiers, List<LiveEndpoint> tried)
    {
        _picker = picker;
        _preferred = preferred;
        _tiers = tiers;
        _tried = tried;
    }

    /// <summary>Holds an endpoint with fewer than <paramref name="limit"/> requests.</summary>
    /// <returns>False when it must wait for one. True also when there is nothing to wait for: no limit, or no endpoint that is available.</returns>
    public bool TryHold(int limit)
    {
        if (limit == AdmissionLimits.None)
            return true;
        if (!TryFind(limit, out PickedEndpoint found))
            return !_picker.TryPick(_tiers, _tried, out _);

        _held = found;
        return true;
    }

    /// <summary>Has every endpoint that it may have tell <paramref name="changed"/> from now on when there may be room.</summary>
    public void Watch(Action changed)
    {
        foreach (RouteTier tier in _tiers)
        {
            foreach (RouteShare share in tier.Shares)
            {
                foreach (Endpoint endpoint in share.Target.Endpoints)
                    ((LiveEndpoint)endpoint).WhenRoom = changed;
            }
        }

        // What is read from now on was not read before an endpoint was told: a request that ends there in between is not missed.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Takes over the endpoint that is held, or else one that can be had now: it counts the request from then on.</summary>
    public bool TryTake(int limit, out PickedEndpoint picked)
    {
        if (_held is not { } held)
            return TryFind(limit, out picked);

        picked = held;
        _held = null;
        return true;
    }

    /// <summary>The request is over: what is held is given back.</summary>
    public void End()
    {
        _held?.Endpoint.EndRequest();
        _held = null;
        _tiers = [];
        _tried = [];
        _preferred = null!;
    }

    private bool TryFind(int limit, out PickedEndpoint found) =>
        _picker.TryClaim(_preferred.Alone, _tried, limit, out found) || _picker.TryClaim(_tiers, _tried, limit, out found);
}
