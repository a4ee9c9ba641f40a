namespace Gateway.Forwarding;

/// <summary>Everything that the gateway itself can have against a request. <see cref="ErrorTable"/> says how each is told.</summary>
internal enum ForwardFailure
{
    InvalidJson,
    InvalidMultipart,
    DuplicateField,
    InvalidType,
    ModelRequired,
    ModelNotFound,
    UnknownUrl,
    MethodNotAllowed,
    RequestTooLarge,
    UnsupportedMediaType,
    Overloaded,
    Saturated,
    NoReadyEndpoint,
    ShuttingDown,
    UpstreamUnreachable,
    UpstreamTimeout,
    InternalError,

    // The admin API's own.
    AdminUnauthorized,
    EndpointNotFound,
    InvalidMapping,
    MappingNotFound,
    MappingNotRemovable,
    StaleRevision,
    StoreFull,
    StoreUnavailable,
}
