using System.Globalization;
using System.Text.Json;

namespace Gateway.Forwarding;

/// <summary>Writes the gateway's own errors, in the shape of the API that the client speaks.</summary>
internal static class ErrorWriter
{
    // Long enough to calm a crowd, short enough that a client library still waits for it; jittered so that the crowd does not come back at once.
    private const int RetryAfterFrom = 1;
    private const int RetryAfterTo = 5;

    /// <summary>Answers with <paramref name="failure"/>; the response must not have begun.</summary>
    /// <param name="context">The request.</param>
    /// <param name="dialect">Whose shape the error takes.</param>
    /// <param name="failure">What is wrong.</param>
    /// <param name="message">Names the thing that is wrong and what is allowed.</param>
    /// <param name="param">The request member at fault, where there is one.</param>
    /// <param name="requestWasSent">Whether an engine may have worked on the request: then the client is told not to send it again by itself.</param>
    public static Task WriteAsync(
        HttpContext context, ApiDialect dialect, ForwardFailure failure, string message, string? param = null, bool requestWasSent = false)
    {
        ErrorKind kind = ErrorTable.Of(failure);
        IHeaderDictionary headers = context.Response.Headers;
        if (kind.RetryAfter)
            headers.RetryAfter = Random.Shared.Next(RetryAfterFrom, RetryAfterTo + 1).ToString(CultureInfo.InvariantCulture);
        if (kind.Status is StatusCodes.Status413PayloadTooLarge or StatusCodes.Status504GatewayTimeout || requestWasSent)
            headers["x-should-retry"] = "false";
        return JsonAnswer.WriteAsync(context, kind.Status, json => Write(json, dialect, kind, message, param));
    }

    /// <inheritdoc cref="WriteAsync(HttpContext, ApiDialect, ForwardFailure, string, string?, bool)"/>
    public static Task WriteAsync(HttpContext context, ApiDialect dialect, ForwardError error)
    {
        if (error.DroppedReason is { } reason)
            context.Response.Headers[HeaderRules.DroppedReason] = reason;
        return WriteAsync(context, dialect, error.Failure, error.Message, error.Param, error.RequestWasSent);
    }

    private static void Write(Utf8JsonWriter json, ApiDialect dialect, ErrorKind kind, string message, string? param)
    {
        json.WriteStartObject();
        if (dialect == ApiDialect.Anthropic)
            json.WriteString("type", "error");

        json.WriteStartObject("error");
        if (dialect == ApiDialect.Anthropic)
        {
            json.WriteString("type", kind.TypeIn(dialect));
            json.WriteString("message", message);
        }
        else
        {
            json.WriteString("message", message);
            json.WriteString("type", kind.TypeIn(dialect));
            json.WriteString("param", param);
            json.WriteString("code", kind.Code);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
