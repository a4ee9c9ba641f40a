using System.Text;

namespace Gateway.Benchmarks.SideBySide.Wire;

/// <summary>One token of a streamed answer, as long as an engine's, with the time at which the engine sent it.</summary>
internal static class TokenEvent
{
    private static readonly Pattern Pattern = new(
        """data: {"id":"chatcmpl-{#number:12}","object":"chat.completion.chunk","created":1760000000,"model":""" + $"\"{BenchmarkModel.Name}\"" +
        ""","sent":"{#sent:19}","choices":[{"index":0,"delta":{"content":" w{#token:9}"},"finish_reason":null}]}""" + "\n\n");

    public static readonly Range Number = Pattern["number"];
    public static readonly Range Sent = Pattern["sent"];
    public static readonly Range Token = Pattern["token"];

    public static int Length => Pattern.Bytes.Length;

    public static byte[] Create() => [.. Pattern.Bytes];

    public static ReadOnlySpan<byte> Done => "data: [DONE]\n\n"u8;

    /// <summary>Before the first chunk.</summary>
    public static ReadOnlySpan<byte> Head =>
        "HTTP/1.1 200 OK\r\nserver: uvicorn\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n"u8;

    /// <summary>The chunk of <see cref="Done"/> and the one that ends the body.</summary>
    public static ReadOnlySpan<byte> LastChunks => "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n"u8;

    /// <summary>A token as a chunk of its own, as uvicorn sends it. To be copied, not changed.</summary>
    public static readonly byte[] Chunk = Encoding.ASCII.GetBytes($"{Pattern.Bytes.Length:x}\r\n{Encoding.ASCII.GetString(Pattern.Bytes)}\r\n");

    public static readonly int StartInChunk = Chunk.Length - Pattern.Bytes.Length - 2;
}
