using System.Net;
using Gateway.Picking;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <param name="Answered">The attempt whose answer the client gets.</param>
/// <param name="Error">Set instead when it gets none.</param>
/// <param name="ClientFailure">Set instead of both when the client's side broke.</param>
internal readonly record struct SendResult(Attempt? Answered, ForwardError? Error, Exception? ClientFailure);

/// <summary>Picks endpoints and sends to them until one answers: steps 3 and 4 of <see cref="RequestPipeline"/>.</summary>
internal sealed class UpstreamSender(
    UpstreamAttempts attempts, RequestAdmission admission, RetryBudget budget, GatewayMetrics metrics, ILogger<UpstreamSender> logger)
{
    public async ValueTask<SendResult> SendAsync(Exchange exchange)
    {
        EndpointPicker picker = exchange.Settings.Picker;
        var retries = new RetryRules(exchange.Settings.Retry);
        Attempt? refusal = null;
        bool wasSent = false;
        budget.CountRequest();
        PickedEndpoint next;
        if (admission.IsLimited)
        {
            if (!admission.TryAim(picker, exchange.Match.Tiers, exchange.Tried, out PickedEndpoint aim, out _))
                return Failed(RoutingErrors.NoneReady(exchange.Match));
            exchange.TakeRoute(aim.Route);
            if (await admission.EnterAsync(exchange, aim) is { } refused)
                return Failed(refused);
            if (exchange.Deadline.Cause != DeadlineCause.None)
                return Fail(exchange, new Attempt(aim, null!, AttemptOutcome.Expired, null, null), wasSent: false);

            // What was true of the endpoint need not be any more, nor of its engine.
            if (!exchange.Claim.TryTake(admission.EndpointLimit, out next))
                return Failed(RoutingErrors.NoneReady(exchange.Match));
        }
        else if (!picker.TryClaim(exchange.Match.Tiers, exchange.Tried, AdmissionLimits.None, out next))
        {
            return Failed(RoutingErrors.NoneReady(exchange.Match));
        }

        while (true)
        {
            Task<HttpResponseMessage> head = attempts.Begin(exchange, next, out RequestContent content);

            // Waited for here and not further in: nearly every request does wait, and each frame that waits with it is allocated and resumed.
            await ((Task)head).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Attempt attempt = await UpstreamAttempts.EndAsync(exchange, next, content, head);
            Report(exchange, attempt);
            bool again = retries.TryAgain(attempt, out bool sameEndpoint);
            if (again && !sameEndpoint)
                again = TryMoveOn(exchange, attempt.Outcome, ref next, out sameEndpoint);

            exchange.Record.Return(attempt.Outcome, (int)(attempt.Response?.StatusCode ?? 0), isLast: !again);

            if (attempt.Outcome == AttemptOutcome.Answered)
            {
                refusal?.Release();
                if (!again)
                    return new SendResult(attempt, null, null);

                // Kept for the case that no other endpoint can be reached: a refusal by an engine says more than ours would.
                refusal = attempt;
                wasSent = true;
                continue;
            }

            // Asked again at once, the endpoint goes on counting the request: nobody else takes its place there.
            if (again && sameEndpoint)
                continue;

            attempt.Release();
            wasSent |= attempt.Outcome == AttemptOutcome.Reset;
            if (again)
                continue;
            if (refusal is not null && attempt.Outcome == AttemptOutcome.ConnectFailed)
                return new SendResult(refusal, null, null);
            refusal?.Release();
            return Fail(exchange, attempt, wasSent);
        }
    }

    private bool TryMoveOn(Exchange exchange, AttemptOutcome outcome, ref PickedEndpoint next, out bool stays)
    {
        bool isStale = outcome == AttemptOutcome.Stale;
        exchange.Tried.Add(next.Endpoint);
        if (!exchange.Settings.Picker.TryClaim(exchange.Match.Tiers, exchange.Tried, admission.EndpointLimit, out PickedEndpoint other))
            return stays = isStale;

        // The engine did not know of a request that came over a closed connection: to send that again costs nobody anything.
        stays = false;
        if (!isStale && !budget.TryTake())
        {
            other.Endpoint.EndRequest();
            return false;
        }

        next = other;
        return true;
    }

    private static SendResult Failed(ForwardError error) => new(null, error, null);

    private static SendResult Fail(Exchange exchange, Attempt attempt, bool wasSent) => attempt.Outcome switch
    {
        AttemptOutcome.ClientFailed => new SendResult(null, null, attempt.Content.ClientFailure ?? attempt.Exception),
        AttemptOutcome.BodyRejected => Failed(attempt.Content.Error!),
        AttemptOutcome.Expired when exchange.Deadline.Cause == DeadlineCause.ClientLeft => new SendResult(null, null, new OperationCanceledException()),
        AttemptOutcome.Expired when exchange.Deadline.Cause == DeadlineCause.Shutdown => Failed(UpstreamErrors.ShuttingDown),
        AttemptOutcome.Expired => Failed(UpstreamErrors.TimedOut(exchange.Deadline.Cause, attempt.Picked)),
        AttemptOutcome.ConnectFailed or AttemptOutcome.Stale when !wasSent => Failed(RoutingErrors.NoneReady(exchange.Match)),
        _ => Failed(UpstreamErrors.Unreachable(attempt.Picked, wasSent)),
    };

    private void Report(Exchange exchange, Attempt attempt)
    {
        LiveEndpoint endpoint = attempt.Picked.Endpoint;
        switch (attempt.Outcome)
        {
            case AttemptOutcome.ConnectFailed:
                endpoint.ReportUnreachable(attempt.Exception!.Message);
                ForwardingLog.ConnectFailed(logger, endpoint.Address, exchange.RequestId, attempt.Exception.Message);
                break;
            case AttemptOutcome.Answered when attempt.Response!.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable:
                ReportFailure(exchange, endpoint, $"answered {(int)attempt.Response.StatusCode}");
                break;
            case AttemptOutcome.Reset:
                ReportFailure(exchange, endpoint, attempt.Exception!.Message);
                ForwardingLog.Reset(logger, endpoint.Address, exchange.RequestId, attempt.Exception.Message);
                break;
            case AttemptOutcome.Expired when exchange.Deadline.Cause != DeadlineCause.Shutdown:
                endpoint.ReportError($"no answer within the time allowed ({exchange.Deadline.Cause})");
                ForwardingLog.TimedOut(logger, endpoint.Address, exchange.RequestId, exchange.Deadline.Cause);
                break;
        }
    }

    private void ReportFailure(Exchange exchange, LiveEndpoint endpoint, string error)
    {
        if (endpoint.ReportFailure(error, exchange.Blame))
            metrics.EndpointEjected();
    }
}
