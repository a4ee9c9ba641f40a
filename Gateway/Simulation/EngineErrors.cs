using System.Globalization;

namespace Gateway.Simulation;

/// <summary>
/// An engine's own errors: vLLM nests them, SGLang does so on <c>/v1/responses</c> only, and both speak Anthropic's shape on <c>/v1/messages</c>.
/// </summary>
internal static class EngineErrors
{
    // The one header by which llm-d's components tell why a request was refused.
    private const string DroppedReasonHeader = "x-llm-d-request-dropped-reason";

    public static Task SendAsync(Exchange exchange, int status, string message, string? param = null)
    {
        string path = exchange.Context.Request.Path.Value ?? "";
        string text = WireJson.Quote(message);
        string type = WireJson.Quote(TypeOf(status));
        string member = param is null ? "null" : WireJson.Quote(param);
        string body = path switch
        {
            _ when path.StartsWith("/v1/messages", StringComparison.Ordinal) =>
                $$$"""{"type":"error","error":{"type":{{{WireJson.Quote(AnthropicTypeOf(status))}}},"message":{{{text}}}}}""",
            _ when exchange.Engine.Settings.IsSglang && path != "/v1/responses" =>
                $$"""{"object":"error","message":{{text}},"type":{{type}},"param":{{member}},"code":{{status}}}""",
            _ => $$$"""{"error":{"message":{{{text}}},"type":{{{type}}},"param":{{{member}}},"code":{{{status}}}}}""",
        };
        return exchange.SendJsonAsync(body, status);
    }

    public static Task SendFaultAsync(Exchange exchange, int status)
    {
        IHeaderDictionary headers = exchange.Context.Response.Headers;
        if (exchange.Fault.RetryAfter is { } seconds)
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (exchange.Fault.DroppedReason is { } reason)
            headers[DroppedReasonHeader] = reason;
        return SendAsync(exchange, status, $"simulated fault {status}");
    }

    public static Task SendUnknownModelAsync(Exchange exchange, string? model) => exchange.Engine.Settings.IsSglang
        ? SendAsync(exchange, StatusCodes.Status404NotFound, $"The model '{model}' does not exist", "model")
        : SendAsync(exchange, StatusCodes.Status404NotFound, $"The model `{model}` does not exist.", "model");

    /// <summary>The key's check stands before everything else in vLLM and has a shape of its own.</summary>
    public static Task SendUnauthorizedAsync(Exchange exchange) =>
        exchange.SendJsonAsync("""{"error":"Unauthorized"}""", StatusCodes.Status401Unauthorized);

    /// <summary>FastAPI's answer to a path it does not know, or not with that method.</summary>
    public static Task SendNoSuchRouteAsync(Exchange exchange, string? allowedMethod)
    {
        if (allowedMethod is null)
            return exchange.SendJsonAsync("""{"detail":"Not Found"}""", StatusCodes.Status404NotFound);

        exchange.Context.Response.Headers.Allow = allowedMethod;
        return exchange.SendJsonAsync("""{"detail":"Method Not Allowed"}""", StatusCodes.Status405MethodNotAllowed);
    }

    private static string TypeOf(int status) => status switch
    {
        400 => "BadRequestError",
        404 => "NotFoundError",
        422 => "UnprocessableEntityError",
        429 => "TooManyRequestsError",
        501 => "NotImplementedError",
        503 => "ServiceUnavailableError",
        >= 500 => "InternalServerError",
        _ => "BadRequestError",
    };

    private static string AnthropicTypeOf(int status) => status switch
    {
        404 => "not_found_error",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };

}
