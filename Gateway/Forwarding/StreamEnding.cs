using System.Text.Json;

namespace Gateway.Forwarding;

/// <summary>
/// The last event of a stream that the gateway has to end early, in the shape of the API that the client speaks. There is no <c>[DONE]</c> behind
/// it, and no last chunk: nobody can mistake the cut for an end.
/// </summary>
internal static class StreamEnding
{
    public static byte[] Render(ApiDialect dialect, string code, string message, long sequenceNumber)
    {
        using var buffer = new MemoryStream();
        if (dialect != ApiDialect.OpenAi)
            buffer.Write("event: error\n"u8);
        buffer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Readable))
        {
            json.WriteStartObject();
            switch (dialect)
            {
                case ApiDialect.Anthropic:
                    json.WriteString("type", "error");
                    json.WriteStartObject("error");
                    json.WriteString("type", "api_error");
                    json.WriteString("message", message);
                    json.WriteEndObject();
                    break;
                case ApiDialect.OpenAiResponses:
                    json.WriteString("type", "error");
                    json.WriteString("code", code);
                    json.WriteString("message", message);
                    json.WriteNull("param");
                    json.WriteNumber("sequence_number", sequenceNumber);
                    break;
                default:
                    json.WriteStartObject("error");
                    json.WriteString("message", message);
                    json.WriteString("type", "server_error");
                    json.WriteNull("param");
                    json.WriteString("code", code);
                    json.WriteEndObject();
                    break;
            }

            json.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        return buffer.ToArray();
    }
}
