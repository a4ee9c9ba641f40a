using System.Globalization;
using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>A request or an answer as it stood on an HTTP/1.1 connection, the pieces of its body put together; all of it as Latin-1.</summary>
/// <param name="Head">Start line and header fields, with the empty line.</param>
/// <param name="Body">Without the framing of chunks.</param>
/// <param name="Trailers">The fields behind the last chunk, one a line.</param>
internal sealed record RawMessage(string Head, string Body, string Trailers = "")
{
    public string StartLine => Head[..Head.IndexOf('\r', StringComparison.Ordinal)];

    /// <summary>Of an answer.</summary>
    public int Status => int.Parse(Head.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);

    /// <summary>What the start line of a request asks for.</summary>
    public string Target => StartLine.Split(' ')[1];

    public bool IsChunked => Header("Transfer-Encoding") == "chunked";

    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The value of every line with this name.</summary>
    public string[] Values(string name) =>
        [.. Head.Split("\r\n").Skip(1)
            .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
            .Select(line => line[(name.Length + 1)..].Trim(' '))];

    /// <summary>The value of the only line with this name; null when there is none.</summary>
    public string? Header(string name) => Values(name) is { Length: > 0 } values ? Assert.Single(values) : null;

    public static async Task<RawMessage> ReadAsync(RawConnection connection) => await ReadBodyAsync(connection, await connection.ReadHeadAsync());

    /// <summary>Reads what follows a head that has been read.</summary>
    public static async Task<RawMessage> ReadBodyAsync(RawConnection connection, string head)
    {
        var message = new RawMessage(head, "");
        bool isAnswer = head.StartsWith("HTTP/", StringComparison.Ordinal);
        if (isAnswer && message.Status is < 200 or 204 or 304)
            return message;
        if (message.IsChunked)
            return await ReadChunksAsync(connection, head);
        if (message.Header("Content-Length") is { } length)
            return message with { Body = await connection.ReadAsync(int.Parse(length, CultureInfo.InvariantCulture)) };
        return isAnswer ? message with { Body = await connection.ReadToEndAsync() } : message;
    }

    private static async Task<RawMessage> ReadChunksAsync(RawConnection connection, string head)
    {
        var chunks = new List<string>();
        while (int.Parse((await connection.ReadUntilAsync("\r\n")).TrimEnd(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and int length)
        {
            chunks.Add(await connection.ReadAsync(length));
            Assert.Equal("\r\n", await connection.ReadAsync(2));
        }

        string trailers = "";
        while (await connection.ReadUntilAsync("\r\n") is { Length: > 2 } line)
            trailers += line;
        return new RawMessage(head, string.Concat(chunks), trailers);
    }
}
