namespace Gateway.Peeking;

/// <summary>How a request's body is to be read.</summary>
internal enum MediaKind
{
    Json,
    Multipart,

    /// <summary><c>multipart/form-data</c>, but without a boundary that could be looked for.</summary>
    InvalidMultipart,

    /// <summary>Of a type or encoding in which no routing members can be found.</summary>
    Unsupported,
}
