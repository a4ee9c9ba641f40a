namespace Gateway.Benchmarks.SideBySide.Wire;

/// <summary>The engine's whole answer to a chat request that doesn't stream: about as long as a short real one, and told apart from every other by its slots.</summary>
internal static class UnaryAnswer
{
    private static readonly Pattern Pattern = new(
        """{"id":"chatcmpl-{#number:12}","object":"chat.completion","created":1760000000,"model":""" + $"\"{BenchmarkModel.Name}\"" +
        ""","choices":[{"index":0,"message":{"role":"assistant","content":"The quick brown fox jumps over the lazy dog, and then it went home to """ +
        """sleep until the morning came.","reasoning_content":null,"tool_calls":[]},"logprobs":null,"finish_reason":"stop","stop_reason":null}]""" +
        ""","usage":{"prompt_tokens":211,"total_tokens":232,"completion_tokens":21},"body_bytes":"{#bytes:12}","body_sum":"{#sum:16}"}""");

    private static readonly string Head = "HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: application/json\r\ncontent-length: " + Pattern.Bytes.Length + "\r\n";

    public static readonly Range Number = Pattern["number"];
    public static readonly Range Bytes = Pattern["bytes"];
    public static readonly Range Sum = Pattern["sum"];

    /// <summary>The body alone, all slots zero.</summary>
    public static byte[] CreateBody() => [.. Pattern.Bytes];

    /// <summary>With its head; the body is the end of it.</summary>
    public static byte[] CreateMessage(bool last) => [.. System.Text.Encoding.ASCII.GetBytes(Head + (last ? "connection: close\r\n\r\n" : "\r\n")), .. Pattern.Bytes];

    public static int BodyLength => Pattern.Bytes.Length;
}
