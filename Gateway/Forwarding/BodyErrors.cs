using Gateway.Peeking;

namespace Gateway.Forwarding;

/// <summary>Words for bodies that can't be taken in or routed.</summary>
internal static class BodyErrors
{
    public static ForwardError TooLarge(long limit) => new(
        ForwardFailure.RequestTooLarge, $"The request body is larger than the {limit} bytes that are allowed (Gateway:Limits:MaxRequestBodyBytes).");

    public static ForwardError? Of(BodyRead read, long limit) => read switch
    {
        BodyRead.TooLarge => TooLarge(limit),
        BodyRead.Overloaded => new ForwardError(
            ForwardFailure.Overloaded, "The gateway holds as many request bytes as it may (Gateway:Limits:BufferedBytes); try again in a moment."),
        _ => null,
    };

    public static ForwardError? Of(BodyPeek peek) => peek.Failure switch
    {
        PeekFailure.None => null,
        PeekFailure.DuplicateField => new ForwardError(ForwardFailure.DuplicateField, peek.FailureMessage, FieldOf(peek)),
        PeekFailure.InvalidType => new ForwardError(ForwardFailure.InvalidType, peek.FailureMessage, FieldOf(peek)),
        PeekFailure.InvalidMultipart => new ForwardError(ForwardFailure.InvalidMultipart, peek.FailureMessage),
        _ => new ForwardError(ForwardFailure.InvalidJson, peek.FailureMessage),
    };

    /// <summary>Of a body that has not arrived yet when its time, or that of the gateway, is over; null when its client has left.</summary>
    public static ForwardError? Late(DeadlineCause cause) => cause switch
    {
        DeadlineCause.Shutdown => UpstreamErrors.ShuttingDown,
        DeadlineCause.TotalTimeout => new ForwardError(
            ForwardFailure.UpstreamTimeout, "The request body did not arrive within the time that a request may take (Gateway:Timeouts:Total)."),
        _ => null,
    };

    private static string? FieldOf(BodyPeek peek) => peek.FailedField is { } field ? RoutingFields.Name(field) : null;
}
