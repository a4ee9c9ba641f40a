using System.Net;

namespace Gateway.Forwarding;

/// <summary>
/// Decides how often one request is sent again, and after what. All of it happens before the client has seen a byte, and with a body that is there
/// whole: a generation has no side effects, so that a second one costs GPU time but does no harm.
/// </summary>
internal struct RetryRules(RetryOptions options)
{
    private int _connectsLeft = options.Connect;
    private int _sendsLeft = options.AfterSend;
    private bool _hasReplacedStale;

    /// <summary>Whether a failed attempt may be followed by another one; counts it as taken when it may.</summary>
    /// <param name="attempt">The one that failed.</param>
    /// <param name="sameEndpoint">Whether the endpoint may be asked again: it is not its fault.</param>
    public bool TryAgain(Attempt attempt, out bool sameEndpoint)
    {
        sameEndpoint = false;
        if (attempt.Content.IsSpent)
            return false;

        switch (attempt.Outcome)
        {
            case AttemptOutcome.Stale when !_hasReplacedStale:
                _hasReplacedStale = true;
                sameEndpoint = true;
                return true;
            case AttemptOutcome.Stale when _connectsLeft > 0:
                // The engine closes connection after connection, and may be gone: another one is asked, and this one only if there is no other.
                _connectsLeft--;
                return true;
            case AttemptOutcome.ConnectFailed when _connectsLeft > 0:
                _connectsLeft--;
                return true;
            case AttemptOutcome.Reset when _sendsLeft > 0:
            case AttemptOutcome.Answered when _sendsLeft > 0 && AsksForAnother(attempt.Response!):
                _sendsLeft--;
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Whether an answer says that this endpoint can't serve now while another one may. Not 500, which the prompt itself may have caused, nor 504,
    /// after which another engine would take as long; nor a 429 that does not say it is about load.
    /// </summary>
    private static bool AsksForAnother(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable => true,
        HttpStatusCode.TooManyRequests =>
            response.Headers.NonValidated.Contains("Retry-After") || response.Headers.NonValidated.Contains(HeaderRules.DroppedReason),
        _ => false,
    };
}
