namespace Gateway.Picking;

/// <summary>
/// What probes and requests have shown of an endpoint, and what one more of them makes of it. A value that <see cref="LiveEndpoint"/> swaps as one
/// packed word, so that requests and probes change it without a lock. Times are milliseconds of any clock that does not go back.
/// </summary>
internal readonly record struct EndpointHealth
{
    /// <summary>One failure may be the prompt's fault, two may be chance; each costs a request a second attempt, so it is not a number to be generous with.</summary>
    public const int FailuresToEject = 3;

    /// <summary>The first ejection: half of the time in which an endpoint that has recovered is promised to be back.</summary>
    public const long FirstEjection = 5_000;

    /// <summary>The longest, before jitter: an endpoint that is well again is not missed for longer than a person waits.</summary>
    public const long LongestEjection = 60_000;

    /// <summary>So that the replicas of a gateway do not all try an endpoint at the same moment.</summary>
    public const double Jitter = 0.2;

    /// <summary>After so long without an ejection the next one is a first one again.</summary>
    public const long Forgiven = 600_000;

    private const int PresenceBits = 2;
    private const int EjectedBits = 1;
    private const int FailuresBits = 2;
    private const int EjectionsBits = 4;
    private const int MostEjections = (1 << EjectionsBits) - 1;

    public EndpointPresence Presence { get; private init; }

    /// <summary>Whether it is out for failing requests, and has not yet answered a probe after its time.</summary>
    public bool IsEjected { get; private init; }

    /// <summary>Failures in a row, fewer than <see cref="FailuresToEject"/>; 0 while it is ejected.</summary>
    public int Failures { get; private init; }

    /// <summary>Ejections that have not been forgiven: each is longer than the one before.</summary>
    public int Ejections { get; private init; }

    /// <summary>When the present ejection, or else the last one, may end; 0 before the first.</summary>
    public long Until { get; private init; }

    public static EndpointHealth Unpack(long word)
    {
        int Take(int bits)
        {
            int value = (int)(word & ((1 << bits) - 1));
            word >>>= bits;
            return value;
        }

        return new EndpointHealth
        {
            Presence = (EndpointPresence)Take(PresenceBits),
            IsEjected = Take(EjectedBits) != 0,
            Failures = Take(FailuresBits),
            Ejections = Take(EjectionsBits),
            Until = word,
        };
    }

    public long Pack()
    {
        long word = (Until << EjectionsBits) | (uint)Ejections;
        word = (word << FailuresBits) | (uint)Failures;
        word = (word << EjectedBits) | (IsEjected ? 1u : 0u);
        return (word << PresenceBits) | (uint)Presence;
    }

    /// <summary>
    /// A probe was answered. That ends an ejection whose time is over; and that of an endpoint that had gone, which is another process now.
    /// Either is on trial: its next failure ejects it.
    /// </summary>
    public EndpointHealth AfterProbe(long now) => IsEjected && (now >= Until || Presence == EndpointPresence.Gone)
        ? this with { Presence = EndpointPresence.There, IsEjected = false, Failures = FailuresToEject - 1 }
        : this with { Presence = EndpointPresence.There };

    /// <summary>No connection could be made, or a probe failed.</summary>
    public EndpointHealth AfterGone() => this with { Presence = EndpointPresence.Gone };

    /// <summary>An answer was complete. A request that began before an ejection may end well during it: that ends nothing.</summary>
    public EndpointHealth AfterServed() => this with { Failures = 0 };

    /// <summary>A request failed. Of an endpoint that is out it says nothing new: many requests may have been running when it began to fail.</summary>
    /// <param name="now">The time.</param>
    /// <param name="chance">Between 0 and 1, for the jitter.</param>
    public EndpointHealth AfterFailure(long now, double chance)
    {
        if (IsEjected)
            return this;
        if (Failures + 1 < FailuresToEject)
            return this with { Failures = Failures + 1 };

        int earlier = now - Until > Forgiven ? 0 : Ejections;
        long length = Math.Min(FirstEjection << earlier, LongestEjection);
        return this with
        {
            IsEjected = true,
            Failures = 0,
            Ejections = Math.Min(earlier + 1, MostEjections),
            Until = now + (long)(length * (1 - Jitter + (2 * Jitter * chance))),
        };
    }
}
