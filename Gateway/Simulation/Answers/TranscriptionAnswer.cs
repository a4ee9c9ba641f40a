using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/audio/transcriptions</c> and <c>/translations</c>: the one API whose request is a form.</summary>
internal static class TranscriptionAnswer
{
    public static async Task SendAsync(Exchange exchange)
    {
        byte[] body = await exchange.ReadBodyAsync(static sequence => sequence.ToArray());
        if (!await exchange.BeginAnswerAsync())
            return;

        Dictionary<string, string>? fields = await ReadFieldsAsync(exchange, body);
        if (fields is null || !fields.ContainsKey("file"))
        {
            await EngineErrors.SendAsync(exchange, StatusCodes.Status422UnprocessableEntity, "the body must be multipart/form-data with a file", "file");
            return;
        }

        if (await SmallAnswer.AdmitAsync(exchange, fields.GetValueOrDefault("model")) is null)
            return;

        string text = SimulatedText.Whole(exchange.Fault.Tokens ?? exchange.Engine.Settings.OutputTokens, exchange.Fault.PadBytes ?? 0);
        await exchange.SendJsonAsync($$$"""{"text":"{{{text}}}","usage":{"type":"duration","seconds":1}}""");
    }

    /// <summary>Every field as text; null when it is no form.</summary>
    private static async Task<Dictionary<string, string>?> ReadFieldsAsync(Exchange exchange, byte[] body)
    {
        if (!MediaTypeHeaderValue.TryParse(exchange.Context.Request.ContentType, out MediaTypeHeaderValue? type)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return null;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new MultipartReader(boundary, new MemoryStream(body));
        while (await reader.ReadNextSectionAsync(exchange.ClientLeft) is { } section)
        {
            using var content = new StreamReader(section.Body, Encoding.UTF8);
            string value = await content.ReadToEndAsync(exchange.ClientLeft);
            if (section.GetContentDispositionHeader() is { } disposition)
                fields[HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? ""] = value;
        }

        return fields;
    }
}
