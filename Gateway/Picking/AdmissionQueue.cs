namespace Gateway.Picking;

/// <summary>
/// Bounds the requests of one route that run at once; the others wait, first come, first served. Under the limit a request passes without a lock.
/// Both counts are in one word: while nobody waits it is changed by compare-and-swap alone, while somebody waits only under the lock. So no place is
/// given back without the first of those who wait being told.
/// </summary>
internal sealed class AdmissionQueue(Admission admission, TimeProvider time)
{
    private const int LengthShift = 32;

    private readonly Lock _waiting = new();

    // Guarded by _waiting, and as long as the upper half of the word says.
    private readonly LinkedList<AdmissionWaiter> _waiters = [];

    // The upper half: requests that wait. The lower half: requests that run.
    private long _counts;

    public int InFlight => (int)Volatile.Read(ref _counts);

    public int Length => (int)(Volatile.Read(ref _counts) >> LengthShift);

    /// <summary>Asks for a place. It must be given back by <see cref="Leave"/> if, and only if, the outcome is <see cref="AdmissionOutcome.Admitted"/>.</summary>
    /// <param name="cancellationToken">Cancelled when the client leaves: out of the queue at once.</param>
    public ValueTask<AdmissionOutcome> EnterAsync(CancellationToken cancellationToken)
    {
        if (TryEnter(admission.Limits))
            return new(AdmissionOutcome.Admitted);

        AdmissionWaiter waiter;
        AdmissionLimits? limits;
        lock (_waiting)
        {
            // Read again: new limits are told to the waiters under this lock. Here it may be the first time that they are seen.
            limits = admission.Limits;
            AdmitThoseThatMay(limits);
            while (true)
            {
                if (TryEnter(limits))
                    return new(AdmissionOutcome.Admitted);

                // With no limit nobody waits by now, and the way in is open.
                long counts = Volatile.Read(ref _counts);
                if (_waiters.Count >= limits!.MaxQueue)
                    return new(AdmissionOutcome.QueueFull);

                // Fails when a place was given back in this moment, while nobody waited for it.
                if (!IsOpen(counts, limits) && Interlocked.CompareExchange(ref _counts, counts + (1L << LengthShift), counts) == counts)
                    break;
            }

            waiter = new AdmissionWaiter(this);
            _waiters.AddLast(waiter.Node);
        }

        return new(waiter.WaitAsync(limits.QueueTimeout, time, cancellationToken));
    }

    /// <summary>What a request would get that asked now; null when it would have to wait.</summary>
    public AdmissionOutcome? Foresee(AdmissionLimits limits)
    {
        long counts = Volatile.Read(ref _counts);
        return IsOpen(counts, limits) ? AdmissionOutcome.Admitted
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

    /// <summary>The limits have changed: those who wait may have a place now.</summary>
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
        }

        waiter.End(outcome);
    }

    private static bool IsOpen(long counts, AdmissionLimits? limits) =>
        counts >> LengthShift == 0 && (limits is null || counts < limits.MaxInFlight);

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
        while (_waiters.First is { } first && (limits is null || InFlight < limits.MaxInFlight))
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
        Interlocked.Add(ref _counts, -(1L << LengthShift));
    }
}
