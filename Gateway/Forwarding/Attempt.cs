using Gateway.Picking;

namespace Gateway.Forwarding;

/// <summary>How one attempt to have an endpoint answer ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>The head of an answer has come.</summary>
    Answered,

    /// <summary>No connection could be made: the engine knows nothing of the request.</summary>
    ConnectFailed,

    /// <summary>The engine had closed a kept-alive connection: it knows nothing of the request either.</summary>
    Stale,

    /// <summary>The connection broke before an answer came: the engine may have worked on the request.</summary>
    Reset,

    /// <summary>The time for this phase, or for the whole request, is over; or the gateway is.</summary>
    Expired,

    /// <summary>The client has left, or its connection broke.</summary>
    ClientFailed,

    /// <summary>The body turned out wrong while it was passed on.</summary>
    BodyRejected,
}

/// <param name="Picked">Where it went.</param>
/// <param name="Content">The body that was sent.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Response">The answer; null unless there is one.</param>
/// <param name="Exception">What went wrong; null when there is an answer.</param>
internal sealed record Attempt(
    PickedEndpoint Picked, RequestContent Content, AttemptOutcome Outcome, HttpResponseMessage? Response, Exception? Exception)
{
    /// <summary>Lets go of the answer, whose connection closes if there is more to come, and of the endpoint.</summary>
    public void Release()
    {
        Response?.Dispose();
        Picked.Endpoint.EndRequest();
    }
}
