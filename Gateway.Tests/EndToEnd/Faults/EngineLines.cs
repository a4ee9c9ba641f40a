namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>What the engines say. All of it names the one that says it, so that it is seen when two answers get mixed.</summary>
internal static class EngineLines
{
    /// <summary>In an answer in one piece: more than comes of it.</summary>
    private const int AnnouncedLength = 1000;

    public static string Status(Fault? fault) => fault switch
    {
        Fault.Answers502 => "502 Bad Gateway",
        Fault.Answers503 => "503 Service Unavailable",
        Fault.Answers429 or Fault.Answers429WithRetryAfter or Fault.Answers429WithDroppedReason => "429 Too Many Requests",
        Fault.Answers500 => "500 Internal Server Error",
        Fault.Answers504 => "504 Gateway Timeout",
        _ => "200 OK",
    };

    public static string? RetryAfter(Fault? fault) => fault == Fault.Answers429WithRetryAfter ? "77" : null;

    public static string? DroppedReason(Fault? fault) => fault == Fault.Answers429WithDroppedReason ? "rejected-capacity" : null;

    /// <summary>Tokens of a stream, or bytes of an answer in one piece.</summary>
    public static string[] Pieces(string name, AnswerKind kind) => kind == AnswerKind.Stream
        ? [Wire.Event($"{name} 1"), Wire.Event($"{name} 2"), Wire.Event($"{name} 3"), Wire.Event("[DONE]")]
        : [.. $$"""{"from":"{{name}}"}""".Select(sign => $"{sign}")];

    /// <summary>The body of an answer that is complete.</summary>
    public static string Body(string name, Fault? fault, AnswerKind kind) =>
        string.Concat(Pieces(name, Status(fault) == "200 OK" ? kind : AnswerKind.Unary));

    /// <summary>An answer that is complete.</summary>
    public static string Answer(string name, Fault? fault, AnswerKind kind)
    {
        if (kind == AnswerKind.Stream && Status(fault) == "200 OK")
            return Wire.StreamHead + string.Concat(Pieces(name, kind).Select(Wire.Chunk)) + Wire.LastChunk;
        string headers = (RetryAfter(fault) is { } seconds ? $"Retry-After: {seconds}\r\n" : "")
            + (DroppedReason(fault) is { } reason ? $"x-llm-d-request-dropped-reason: {reason}\r\n" : "");
        return Wire.Answer(Status(fault), Body(name, fault, kind), headers);
    }

    /// <summary>The head of an answer that does not come to its end. One in one piece announces its length, or else comes in chunks.</summary>
    public static string Head(Fault fault, AnswerKind kind) => (kind, IsChunked(fault)) switch
    {
        (AnswerKind.Stream, _) => Wire.StreamHead,
        (AnswerKind.Unary, true) => "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
        _ => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {AnnouncedLength}\r\n\r\n",
    };

    /// <summary>What comes of the body of such an answer.</summary>
    public static string[] Begin(string name, Fault fault, AnswerKind kind) => (fault, kind) switch
    {
        (Fault.ResetAfterHead or Fault.StallAfterHead, _) => [],
        (_, AnswerKind.Unary) => [$$"""{"from":"{{name}}",""", "\"choices\":["],
        (Fault.ResetInEvent or Fault.StallInEvent, _) => [Wire.Event($"{name} 1"), "data: {\"half\":"],
        _ => [Wire.Event($"{name} 1"), Wire.Event($"{name} 2")],
    };

    /// <summary>As it stands on the wire.</summary>
    public static string Framed(string[] pieces, Fault fault, AnswerKind kind) =>
        string.Concat(kind == AnswerKind.Stream || IsChunked(fault) ? pieces.Select(Wire.Chunk) : pieces);

    private static bool IsChunked(Fault fault) => fault is Fault.ResetInEvent or Fault.StallInEvent;
}
