using System.ComponentModel.DataAnnotations;

namespace Gateway.Forwarding;

/// <summary>How often a request is sent again before its client has seen a byte.</summary>
internal sealed class RetryOptions
{
    /// <summary>When no connection could be made.</summary>
    [Range(0, 10)]
    public int Connect { get; init; } = 2;

    /// <summary>When the engine reset the connection, or answered 502, 503 or a 429 that asks for it.</summary>
    [Range(0, 10)]
    public int AfterSend { get; init; } = 1;
}
