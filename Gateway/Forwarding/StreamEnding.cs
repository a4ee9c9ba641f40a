using System.Text.Json;

namespace Gateway.Forwarding;

/// <summary>
/// The last event of a stream that the gateway has to end early, in the shape of the API that the client speaks. There is no <c>[DONE]</c> behind
/// it, and no last chunk: nobody can mistake the cut for an end.
/// </summary>
internal static class StreamEnding
{
    /// <param name="dialect">Whose shape it takes.</param>
    /// <param name="code">What is wrong, where that API has codes.</param>
    /// <param name="message">The same in words.</param>
    /// <param name="sequenceNumber">The event's own, where that API numbers them.</param>
    /// <param name="type">What OpenAI's API calls such errors.</param>
    /// <param name="anthropicType">What Anthropic's does.</param>
    public static byte[] Render(
        ApiDialect dialect, string code, string message, long sequenceNumber, string type = "server_error", string anthropicType = "api_error") =>
        Render(dialect, json =>
        {
            json.WriteStartObject();
            switch (dialect)
            {
                case ApiDialect.Anthropic:
                    json.WriteString("type", "error");
                    json.WriteStartObject("error");
                    json.WriteString("type", anthropicType);
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
                    json.WriteString("type", type);
                    json.WriteNull("param");
                    json.WriteString("code", code);
                    json.WriteEndObject();
                    break;
            }

            json.WriteEndObject();
        });

    /// <param name="dialect">How an event with an error begins.</param>
    /// <param name="writeData">What it holds: one JSON object.</param>
    public static byte[] Render(ApiDialect dialect, Action<Utf8JsonWriter> writeData)
    {
        using var buffer = new MemoryStream();
        if (dialect != ApiDialect.OpenAi)
            buffer.Write("event: error\n"u8);
        buffer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(buffer, JsonAnswer.Readable))
            writeData(json);
        buffer.Write("\n\n"u8);
        return buffer.ToArray();
    }
}
