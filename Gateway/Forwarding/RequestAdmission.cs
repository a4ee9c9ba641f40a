using System.Runtime.CompilerServices;
using Gateway.Picking;

namespace Gateway.Forwarding;

/// <summary>Lets a request in to its route, or has it wait its turn, or refuses it: between steps 3 and 4 of <see cref="RequestPipeline"/>.</summary>
internal sealed class RequestAdmission(Admission admission, TimeProvider time)
{
    private const string RejectedSaturated = "rejected-saturated";
    private const string RejectedTimeExpired = "rejected-ttl-expired";

    /// <summary>Whether there is anything to ask: with no limit configured nothing is.</summary>
    public bool IsLimited => admission.Limits is not null;

    /// <summary>Asks for a place in the route of <paramref name="picked"/>, which the exchange gives back when it ends.</summary>
    /// <returns>Why there is none; null when there is, or when the client has left or the gateway ends, which the deadline tells.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ForwardError?> EnterAsync(Exchange exchange, PickedEndpoint picked)
    {
        if (admission.QueueOf(picked.Route) is not { } queue)
            return null;

        long asked = time.GetTimestamp();
        exchange.Record.EnterQueue();
        AdmissionOutcome outcome = await queue.EnterAsync(exchange.Deadline.Token);
        exchange.Record.LeaveQueue(time.GetElapsedTime(asked));
        switch (outcome)
        {
            case AdmissionOutcome.Admitted:
                exchange.Queue = queue;
                return null;
            case AdmissionOutcome.QueueFull:
                return Refuse(RejectedSaturated, $"The route of '{picked.Route.Model}' on '{picked.Route.OwnedBy}' has all the requests it may have, and no room to wait.");
            case AdmissionOutcome.QueueTimeExpired:
                return Refuse(RejectedTimeExpired, $"The route of '{picked.Route.Model}' on '{picked.Route.OwnedBy}' had no place within the time that a request may wait.");
            default:
                return null;
        }
    }

    private static ForwardError Refuse(string reason, string message) => new(ForwardFailure.Saturated, message, DroppedReason: reason);
}
