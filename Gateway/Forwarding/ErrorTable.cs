namespace Gateway.Forwarding;

/// <summary>How one failure is told to a client.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Type">OpenAI's <c>error.type</c>.</param>
/// <param name="Code">OpenAI's <c>error.code</c>.</param>
/// <param name="AnthropicType">Anthropic's <c>error.type</c>.</param>
/// <param name="RetryAfter">Whether <c>Retry-After</c> invites the client to come again.</param>
internal sealed record ErrorKind(int Status, string Type, string Code, string AnthropicType, bool RetryAfter = false)
{
    /// <summary>What a client of that API gets to see as <c>error.type</c>.</summary>
    public string TypeIn(ApiDialect dialect) => dialect == ApiDialect.Anthropic ? AnthropicType : Type;
}

/// <summary>The one place where a failure becomes a status, a type and a code.</summary>
internal static class ErrorTable
{
    private const string Invalid = "invalid_request_error";
    private const string Server = "server_error";
    private const string RateLimit = "rate_limit_error";
    private const string Authentication = "authentication_error";

    // Anthropic's own words for the same statuses: https://docs.anthropic.com/en/api/errors
    private const string AnthropicNotFound = "not_found_error";
    private const string AnthropicApi = "api_error";

    public static ErrorKind Of(ForwardFailure failure) => failure switch
    {
        ForwardFailure.InvalidJson => new(400, Invalid, "invalid_json", Invalid),
        ForwardFailure.InvalidMultipart => new(400, Invalid, "invalid_multipart", Invalid),
        ForwardFailure.DuplicateField => new(400, Invalid, "duplicate_field", Invalid),
        ForwardFailure.InvalidType => new(400, Invalid, "invalid_type", Invalid),
        ForwardFailure.ModelRequired => new(400, Invalid, "model_required", Invalid),
        ForwardFailure.ModelNotFound => new(404, Invalid, "model_not_found", AnthropicNotFound),
        ForwardFailure.UnknownUrl => new(404, Invalid, "unknown_url", AnthropicNotFound),
        ForwardFailure.MethodNotAllowed => new(405, Invalid, "method_not_allowed", Invalid),
        ForwardFailure.RequestTooLarge => new(413, Invalid, "request_too_large", "request_too_large"),
        ForwardFailure.UnsupportedMediaType => new(415, Invalid, "unsupported_media_type", Invalid),
        ForwardFailure.Overloaded => new(503, Server, "overloaded", "overloaded_error", RetryAfter: true),
        ForwardFailure.Saturated => new(429, RateLimit, "saturated", RateLimit, RetryAfter: true),
        ForwardFailure.NoReadyEndpoint => new(503, Server, "no_ready_endpoint", AnthropicApi, RetryAfter: true),
        ForwardFailure.ShuttingDown => new(503, Server, "shutting_down", AnthropicApi, RetryAfter: true),
        ForwardFailure.UpstreamUnreachable => new(502, Server, "upstream_unreachable", AnthropicApi),
        ForwardFailure.UpstreamTimeout => new(504, Server, "upstream_timeout", "timeout_error"),
        ForwardFailure.InternalError => new(500, Server, "internal_error", AnthropicApi),
        ForwardFailure.AdminUnauthorized => new(401, Authentication, "admin_unauthorized", Authentication),
        ForwardFailure.EndpointNotFound => new(404, Invalid, "endpoint_not_found", AnthropicNotFound),
        ForwardFailure.InvalidMapping => new(400, Invalid, "invalid_mapping", Invalid),
        ForwardFailure.MappingNotFound => new(404, Invalid, "mapping_not_found", AnthropicNotFound),
        ForwardFailure.MappingNotRemovable => new(409, Invalid, "mapping_not_removable", Invalid),
        ForwardFailure.StaleRevision => new(412, Invalid, "stale_revision", Invalid),
        ForwardFailure.StoreFull => new(507, Server, "store_full", AnthropicApi),
        ForwardFailure.StoreUnavailable => new(503, Server, "store_unavailable", AnthropicApi, RetryAfter: true),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };
}
