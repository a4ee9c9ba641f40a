using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>Lets a request in to its route, or has it wait its turn, or refuses it: between steps 3 and 4 of <see cref="RequestPipeline"/>.</summary>
internal sealed class RequestAdmission(Admission admission, TimeProvider time)
{
    private const string RejectedSaturated = "rejected-saturated";
    private const string RejectedTimeExpired = "rejected-ttl-expired";

    /// <summary>Whether there is anything to ask: with no limit configured nothing is.</summary>
    public bool IsLimited => admission.Limits is not null;

    /// <summary>How many requests an endpoint may have.</summary>
    public int EndpointLimit => admission.Limits?.MaxInFlightPerEndpoint ?? AdmissionLimits.None;

    /// <summary>Finds whose place a request has to ask for: that of a route with room, or where none has any, of one that would serve it.</summary>
    /// <returns>False when no endpoint takes requests.</returns>
    public bool TryAim(EndpointPicker picker, RouteTier[] tiers, List<LiveEndpoint> tried, out PickedEndpoint aim, out bool hasRoom)
    {
        hasRoom = picker.TryPick(tiers, tried, EndpointLimit, out aim);
        return hasRoom || picker.TryPick(tiers, tried, out aim);
    }

    /// <summary>Asks for a place in the route of <paramref name="picked"/>, which the exchange gives back when it ends, and for an endpoint for its claim.</summary>
    /// <returns>Why there is none; null when there is, or when the client has left or the gateway ends, which the deadline tells.</returns>
    public async ValueTask<ForwardError?> EnterAsync(Exchange exchange, PickedEndpoint picked)
    {
        exchange.Claim.Begin(exchange.Settings.Picker, picked.Route, exchange.Match.Tiers, exchange.Tried);
        if (admission.QueueOf(picked.Route) is not { } queue)
            return null;

        long asked = time.GetTimestamp();
        exchange.Record.EnterQueue();
        AdmissionOutcome outcome = await queue.EnterAsync(exchange.Claim, exchange.Deadline.Token);
        exchange.Record.LeaveQueue(time.GetElapsedTime(asked));
        if (outcome == AdmissionOutcome.Admitted)
            exchange.Queue = queue;
        return ErrorOf(outcome, picked);
    }

    /// <summary>How it stands with the places of the route of <paramref name="picked"/>; null when there is no limit.</summary>
    /// <param name="picked">Where the request would go.</param>
    /// <param name="hasRoom">Whether there is an endpoint below its limit.</param>
    /// <param name="refused">Why it would be refused at once; null when it would not.</param>
    public AdmissionForecast? Foresee(PickedEndpoint picked, bool hasRoom, out ForwardError? refused)
    {
        AdmissionForecast? forecast = admission.Foresee(picked.Route, hasRoom);
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
