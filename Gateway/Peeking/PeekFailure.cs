namespace Gateway.Peeking;

/// <summary>Why a body can't be routed.</summary>
internal enum PeekFailure
{
    None,

    /// <summary>Not one JSON object.</summary>
    InvalidJson,

    /// <summary>Not a well-formed <c>multipart/form-data</c>.</summary>
    InvalidMultipart,

    /// <summary>A routing member stands in it twice.</summary>
    DuplicateField,

    /// <summary>A routing member is neither a string nor null.</summary>
    InvalidType,
}
