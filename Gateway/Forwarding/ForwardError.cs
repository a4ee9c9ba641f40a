namespace Gateway.Forwarding;

/// <summary>What the gateway has against a request, to be told to its client.</summary>
/// <param name="Failure">The kind.</param>
/// <param name="Message">Names the thing that is wrong and what is allowed.</param>
/// <param name="Param">The request member at fault.</param>
/// <param name="RequestWasSent">Whether an engine may have worked on it.</param>
/// <param name="DroppedReason">Why there was no room for it; null when there was.</param>
internal sealed record ForwardError(
    ForwardFailure Failure, string Message, string? Param = null, bool RequestWasSent = false, string? DroppedReason = null);
