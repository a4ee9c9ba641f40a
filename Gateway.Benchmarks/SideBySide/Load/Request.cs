using System.Text;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>A chat request, the same each time but for its number.</summary>
internal sealed class Request
{
    private readonly Pattern _head;

    public Request(Behaviour behaviour, ChatBody body, int moreHeaders, bool last)
    {
        var headers = new StringBuilder();
        for (int i = 0; i < moreHeaders; i++)
            headers.Append(System.Globalization.CultureInfo.InvariantCulture, $"x-more-{i}: something of about forty bytes, or so\r\n");

        Body = body;
        Streams = behaviour.Tokens > 0;
        Last = last;
        Tokens = behaviour.Tokens;
        _head = new Pattern(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: gateway.example\r\nUser-Agent: OpenAI/Python 2.8.1\r\nAccept: application/json\r\n" +
            "Authorization: Bearer sk-benchmark-0000000000000000000000000000\r\nContent-Type: application/json\r\n" +
            $"x-bench: {behaviour.Pattern}\r\n{headers}{(last ? "Connection: close\r\n" : "")}Content-Length: {body.Bytes.Length}\r\n\r\n");
    }

    public ChatBody Body { get; }

    public bool Streams { get; }

    public int Tokens { get; }

    /// <summary>Whether the connection ends with the answer.</summary>
    public bool Last { get; }

    public Range Number => _head["number"];

    /// <summary>The head alone, to be patched by one connection.</summary>
    public byte[] CreateHead() => [.. _head.Bytes];
}
