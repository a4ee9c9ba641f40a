using System.Buffers;
using System.Text.Json;

namespace Gateway.Admin;

/// <summary>Writes an answer of the admin API in one piece.</summary>
internal static class JsonAnswer
{
    public static Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, MappingJson.Readable))
            write(json);

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        return context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).AsTask();
    }
}
