namespace Gateway.Picking;

/// <summary>A request that waits for a place. Whoever takes it out of the queue ends it, so that it ends once.</summary>
internal sealed class AdmissionWaiter
{
    private readonly TaskCompletionSource<AdmissionOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AdmissionQueue _queue;

    /// <param name="queue">Where it waits.</param>
    /// <param name="claim">What it wants beside a place.</param>
    /// <param name="ticket">Later ones are higher, in all queues.</param>
    public AdmissionWaiter(AdmissionQueue queue, EndpointClaim claim, long ticket)
    {
        _queue = queue;
        Claim = claim;
        Ticket = ticket;
        Node = new LinkedListNode<AdmissionWaiter>(this);
    }

    /// <summary>Its place in the queue.</summary>
    public LinkedListNode<AdmissionWaiter> Node { get; }

    public EndpointClaim Claim { get; }

    public long Ticket { get; }

    public void End(AdmissionOutcome outcome) => _ended.SetResult(outcome);

    public async Task<AdmissionOutcome> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using ITimer timer = time.CreateTimer(
            static waiter => ((AdmissionWaiter)waiter!).GiveUp(AdmissionOutcome.QueueTimeExpired), this, limit, Timeout.InfiniteTimeSpan);
        using CancellationTokenRegistration left = cancellationToken.UnsafeRegister(
            static waiter => ((AdmissionWaiter)waiter!).GiveUp(AdmissionOutcome.ClientLeft), this);
        return await _ended.Task;
    }

    private void GiveUp(AdmissionOutcome outcome) => _queue.GiveUp(this, outcome);
}
