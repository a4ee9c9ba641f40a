namespace Gateway.Forwarding;

/// <summary>
/// Thrown to Kestrel to end an answer that is not complete. Kestrel then sends what has been written, and closes the connection without the last
/// chunk (HTTP/1.1) or resets the stream (HTTP/2); aborting the connection instead would throw away what has not yet left the socket.
/// </summary>
internal sealed class TruncatedResponseException(string code) : Exception($"The answer was cut: {code}.")
{
    /// <summary>The code of its last event, or the status that the event stands for.</summary>
    public string Code { get; } = code;
}
