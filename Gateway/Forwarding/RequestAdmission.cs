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
        if (outcome == AdmissionOutcome.Admitted)
            exchange.Queue = queue;
        return ErrorOf(outcome, picked);
    }

    /// <summary>How it stands with the places of the route of <paramref name="picked"/>; null when there is no limit.</summary>
    /// <param name="picked">Where the request would go.</param>
    /// <param name="refused">Why it would be refused at once; null when it would not.</param>
    public AdmissionForecast? Foresee(PickedEndpoint picked, out ForwardError? refused)
    {
        AdmissionForecast? forecast = admission.Foresee(picked.Route);
        refused = forecast?.Outcome is { } outcome ? ErrorOf(outcome, picked) : null;
        return forecast;
    }

    private static ForwardError? ErrorOf(AdmissionOutcome outcome, PickedEndpoint picked) => outcome switch
    {
        AdmissionOutcome.QueueFull => Refuse(
            RejectedSaturated, $"The route of '{picked.Route.Model}' on '{picked.Route.OwnedBy}' has all the requests it may have, and no room to wait."),
        AdmissionOutcome.QueueTimeExpired => Refuse(
            RejectedTimeExpired, $"The route of '{picked.Route.Model}' on '{picked.Route.OwnedBy}' had no place within the time that a request may wait."),
        _ => null,
    };

    private static ForwardError Refuse(string reason, string message) => new(ForwardFailure.Saturated, message, DroppedReason: reason);
}
