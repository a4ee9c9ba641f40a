namespace Gateway.Picking;

/// <summary>
/// Bounds the requests of one route that run at once; the others wait, first come, first served. Under the limit a request passes without a lock.
/// Both counts are in one word: while nobody waits it is changed by compare-and-swap alone, while somebody waits only under the lock. So no place is
/// given back without the first of those who wait being told. Where endpoints are limited, a place is had together with an endpoint or not at all.
/// </summary>
internal sealed class AdmissionQueue(Admission admission, TimeProvider time)
{
    private const int LengthShift = 32;

    private readonly Lock _waiting = new();

    // Guarded by _waiting, and as long as the upper half of the word says.
    private readonly LinkedList<AdmissionWaiter> _waiters = [];

    // The upper half: requests that wait. The lower half: requests that run.
    private long _counts;

    // The ticket of the first who waits.
    private long _first = long.MaxValue;

    public int InFlight => (int)Volatile.Read(ref _counts);

    public int Length => (int)(Volatile.Read(ref _counts) >> LengthShift);

    /// <summary>The ticket of the one who waits longest; the highest number when nobody does.</summary>
    public long First => Volatile.Read(ref _first);

    /// <summary>Asks for a place. It must be given back by <see cref="Leave"/> if, and only if, the outcome is <see cref="AdmissionOutcome.Admitted"/>.</summary>
    /// <param name="claim">The request's, which then holds an endpoint where these are limited.</param>
    /// <param name="cancellationToken">Cancelled when the client leaves: out of the queue at once.</param>
    public ValueTask<AdmissionOutcome> EnterAsync(EndpointClaim claim, CancellationToken cancellationToken)
    {
        AdmissionLimits? limits = admission.Limits;
        if (TryEnter(limits))
        {
            if (claim.TryHold(EndpointLimitOf(limits)))
                return new(AdmissionOutcome.Admitted);
            Leave();
        }

        AdmissionWaiter waiter;
        lock (_waiting)
        {
            // Read again: new limits are told to the waiters under this lock. Here it may be the first time that they are seen.
            limits = admission.Limits;
            AdmitThoseThatMay(limits);
            while (true)
            {
                if (TryEnter(limits))
                {
                    if (claim.TryHold(EndpointLimitOf(limits)))
                        return new(AdmissionOutcome.Admitted);

                    // Nobody waits, so that there is room if anybody may.
                    Interlocked.Decrement(ref _counts);
                    if (limits!.MaxQueue == 0)
                        return new(AdmissionOutcome.QueueFull);
                    Interlocked.Add(ref _counts, 1L << LengthShift);
                    break;
                }

                // With no limit nobody waits by now, and the way in is open.
                long counts = Volatile.Read(ref _counts);
                if (_waiters.Count >= limits!.MaxQueue)
                    return new(AdmissionOutcome.QueueFull);

                // Fails when a place was given back in this moment, while nobody waited for it.
                if (!IsOpen(counts, limits) && Interlocked.CompareExchange(ref _counts, counts + (1L << LengthShift), counts) == counts)
                    break;
            }

            waiter = new AdmissionWaiter(this, claim, admission.BeginWaiting());
            _waiters.AddLast(waiter.Node);
            Volatile.Write(ref _first, _waiters.First!.Value.Ticket);
            if (EndpointLimitOf(limits) != AdmissionLimits.None)
            {
                // Whoever makes room either finds the request waiting, or has made it before this second look.
                claim.Watch(admission.Serve);
                AdmitThoseThatMay(limits);
            }
        }

        return new(waiter.WaitAsync(limits!.QueueTimeout, time, cancellationToken));
    }

    /// <summary>What a request would get that asked now; null when it would have to wait.</summary>
    /// <param name="limits">In force.</param>
    /// <param name="hasEndpoint">Whether there is an endpoint that it could have.</param>
    public AdmissionOutcome? Foresee(AdmissionLimits limits, bool hasEndpoint)
    {
        long counts = Volatile.Read(ref _counts);
        return hasEndpoint && IsOpen(counts, limits) ? AdmissionOutcome.Admitted
            : counts >> LengthShift >= limits.MaxQueue ? AdmissionOutcome.QueueFull
            : null;
    }

    /// <summary>Gives a place back: to the first who waits, if there is one.</summary>
    public void Leave()
    {
        long counts = Volatile.Read(ref _counts);
        while (counts >> LengthShift == 0)
        {
            long before = Interlocked.CompareExchange(ref _counts, counts - 1, counts);
            if (before == counts)
                return;
            counts = before;
        }

        lock (_waiting)
        {
            Interlocked.Decrement(ref _counts);
            AdmitThoseThatMay(admission.Limits);
        }
    }

    /// <summary>The limits have changed, or an endpoint has room: those who wait may have a place now.</summary>
    public void Reconsider()
    {
        lock (_waiting)
            AdmitThoseThatMay(admission.Limits);
    }

    /// <summary>Takes a request out of the queue that is still in it.</summary>
    public void GiveUp(AdmissionWaiter waiter, AdmissionOutcome outcome)
    {
        lock (_waiting)
        {
            if (waiter.Node.List is null)
                return;
            Remove(waiter);

            // The one behind it may want another endpoint.
            AdmitThoseThatMay(admission.Limits);
        }

        waiter.End(outcome);
    }

    private static bool IsOpen(long counts, AdmissionLimits? limits) =>
        counts >> LengthShift == 0 && (limits is null || counts < limits.MaxInFlight);

    private static int EndpointLimitOf(AdmissionLimits? limits) => limits?.MaxInFlightPerEndpoint ?? AdmissionLimits.None;

    private bool TryEnter(AdmissionLimits? limits)
    {
        long counts = Volatile.Read(ref _counts);
        while (IsOpen(counts, limits))
        {
            long before = Interlocked.CompareExchange(ref _counts, counts + 1, counts);
            if (before == counts)
                return true;
            counts = before;
        }

        return false;
    }

    // Under the lock.
    private void AdmitThoseThatMay(AdmissionLimits? limits)
    {
        while (_waiters.First is { } first && (limits is null || InFlight < limits.MaxInFlight) && first.Value.Claim.TryHold(EndpointLimitOf(limits)))
        {
            // First the place and then the queue: a newcomer must not see both a place and nobody waiting.
            Interlocked.Increment(ref _counts);
            Remove(first.Value);
            first.Value.End(AdmissionOutcome.Admitted);
        }
    }

    // Under the lock.
    private void Remove(AdmissionWaiter waiter)
    {
        _waiters.Remove(waiter.Node);
        Volatile.Write(ref _first, _waiters.First?.Value.Ticket ?? long.MaxValue);
        admission.EndWaiting();
        Interlocked.Add(ref _counts, -(1L << LengthShift));
    }
}
