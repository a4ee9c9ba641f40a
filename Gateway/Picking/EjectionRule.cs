using Gateway.Routing;

namespace Gateway.Picking;

/// <summary>
/// Which ejected endpoints of a tier get requests all the same: at most half of those that are there are out for failing, lest a fault that they
/// share, or the load of those that are out, takes the rest out as well. A snapshot for one pick.
/// </summary>
internal readonly struct EjectionRule
{
    // Ejections that may end later than this are in force.
    private readonly long _lastUsable;

    private EjectionRule(long lastUsable, bool allFail)
    {
        _lastUsable = lastUsable;
        AllFail = allFail;
    }

    /// <summary>Whether no endpoint is there that is not ejected.</summary>
    public bool AllFail { get; }

    public static EjectionRule Of(RouteShare[] shares)
    {
        int there = 0;
        int ejected = 0;
        foreach (RouteShare share in shares)
        {
            foreach (Endpoint endpoint in share.Target.Endpoints)
            {
                var live = (LiveEndpoint)endpoint;
                if (!live.IsAvailable)
                    continue;
                there++;
                if (live.EjectedUntil > 0)
                    ejected++;
            }
        }

        return ejected == 0 ? default : new EjectionRule(LastOf(shares, ejected - (there / 2)), ejected == there);
    }

    public bool Admits(LiveEndpoint endpoint) => endpoint.IsAvailable && endpoint.EjectedUntil <= _lastUsable;

    /// <summary>When the last of the <paramref name="count"/> ejections ends that end soonest.</summary>
    private static long LastOf(RouteShare[] shares, int count)
    {
        long last = 0;
        while (count > 0)
        {
            long next = long.MaxValue;
            int equal = 0;
            foreach (RouteShare share in shares)
            {
                foreach (Endpoint endpoint in share.Target.Endpoints)
                {
                    var live = (LiveEndpoint)endpoint;
                    long until = live.EjectedUntil;
                    if (until <= last || until > next || !live.IsAvailable)
                        continue;
                    equal = until == next ? equal + 1 : 1;
                    next = until;
                }
            }

            // Fewer than were counted, for some have come back: then all may serve.
            if (equal == 0)
                return long.MaxValue;
            count -= equal;
            last = next;
        }

        return last;
    }
}
