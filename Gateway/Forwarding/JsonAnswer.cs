using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Forwarding;

/// <summary>Writes an answer of the gateway's own in one piece.</summary>
internal static class JsonAnswer
{
    /// <summary>Read by people in terminals: an apostrophe stays one, and so does a letter with an accent.</summary>
    public static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends what <paramref name="write"/> writes, with its length. Of a HEAD Kestrel sends the head alone.</summary>
    public static Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Readable))
            write(json);

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        return context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }
}
