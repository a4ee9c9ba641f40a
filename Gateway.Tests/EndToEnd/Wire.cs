namespace Gateway.Tests.EndToEnd;

/// <summary>HTTP/1.1 as it stands on the wire, piece by piece.</summary>
internal static class Wire
{
    /// <summary>Of a streamed answer.</summary>
    public const string StreamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

    public const string LastChunk = "0\r\n\r\n";

    /// <summary>Of a chat request; what is sent behind it is its body.</summary>
    public static string RequestHead(int length) => RequestHead($"Content-Length: {length}");

    /// <inheritdoc cref="RequestHead(int)"/>
    public static string RequestHead(string header) =>
        $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n{header}\r\n\r\n";

    public static string Chunk(string bytes) => $"{bytes.Length:x}\r\n{bytes}\r\n";

    public static string Event(string data) => $"data: {data}\n\n";

    /// <summary>One event in a chunk of its own, as engines send a token.</summary>
    public static string Token(string text) => Chunk(Event(text));

    /// <summary>A whole answer in one piece.</summary>
    public static string Answer(string status, string body = "", string headers = "") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}";

    /// <summary>What stands in the chunks of a body, which may be cut short; no line of it may look like the length of a chunk.</summary>
    public static string WithoutFraming(string body) => string.Concat(body.Split("\r\n").Where(line => !line.All(char.IsAsciiHexDigit)));
}
