using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>How a request ended, for those who count.</summary>
/// <param name="Ending">In a word.</param>
/// <param name="ErrorCode">That of the gateway's own error, also of the last event of a stream that was cut.</param>
/// <param name="Status">What the client gets from whoever ends the request further out; null when the response has it already.</param>
internal readonly record struct RequestEnd(RequestEnding Ending, string? ErrorCode, int? Status = null)
{
    public static RequestEnd Of(ForwardFailure failure) => new(RequestEnding.Refused, ErrorTable.Of(failure).Code);

    public static RequestEnd Of(Exception failure) => failure switch
    {
        TruncatedResponseException cut => new(RequestEnding.Cut, cut.Code),
        BadHttpRequestException malformed => new(RequestEnding.Refused, null, malformed.StatusCode),
        _ => new(RequestEnding.Refused, ErrorTable.Of(ForwardFailure.InternalError).Code, StatusCodes.Status500InternalServerError),
    };
}
