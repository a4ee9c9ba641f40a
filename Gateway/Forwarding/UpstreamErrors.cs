using Gateway.Picking;

namespace Gateway.Forwarding;

/// <summary>Words for engines that do not answer, before an answer and in the middle of one.</summary>
internal static class UpstreamErrors
{
    public const string DisconnectedCode = "upstream_disconnected";

    public static ForwardError ShuttingDown { get; } = new(ForwardFailure.ShuttingDown, "The gateway is shutting down; send the request again.");

    public static ForwardError Unreachable(in PickedEndpoint picked, bool wasSent) => new(
        ForwardFailure.UpstreamUnreachable,
        $"The engine '{picked.Route.OwnedBy}' closed the connection before it answered.",
        RequestWasSent: wasSent);

    public static ForwardError TimedOut(DeadlineCause cause, in PickedEndpoint picked) => new(
        ForwardFailure.UpstreamTimeout, $"The engine '{picked.Route.OwnedBy}' {Describe(cause, picked.Route)}.", RequestWasSent: true);

    /// <summary>The code and the message of the last event of a stream that ends early.</summary>
    public static (string Code, string Message) EndOfStream(DeadlineCause cause, in PickedEndpoint picked) => cause switch
    {
        DeadlineCause.Shutdown => (ErrorTable.Of(ForwardFailure.ShuttingDown).Code, "The gateway is shutting down; the answer is not complete."),
        DeadlineCause.None => (DisconnectedCode, $"The engine '{picked.Route.OwnedBy}' closed the connection before its answer was complete."),
        _ => (ErrorTable.Of(ForwardFailure.UpstreamTimeout).Code, $"The engine '{picked.Route.OwnedBy}' {Describe(cause, picked.Route)}; the answer is not complete."),
    };

    private static string Describe(DeadlineCause cause, Route route)
    {
        string where = route.Timeouts is null ? "Gateway:Timeouts" : "the mapping's Timeouts, or Gateway:Timeouts";
        return cause switch
        {
            DeadlineCause.TotalTimeout => $"took longer than a request may take ({where}:Total)",
            DeadlineCause.IdleTimeout => $"was silent for longer than it may be ({where}:Idle)",
            _ => $"did not begin to answer within the time allowed ({where}:FirstByte, FirstByteUnary)",
        };
    }
}
