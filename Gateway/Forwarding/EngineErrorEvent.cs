using System.Text.Json;
using Gateway.Picking;

namespace Gateway.Forwarding;

/// <summary>Turns an engine's error that came after the stream had begun into the event that its client gets instead.</summary>
internal static class EngineErrorEvent
{
    /// <summary>Where the engine does not say it in a shape that can be passed on.</summary>
    public const string Code = "upstream_error";

    // Errors that quote a prompt are larger than they should be, but not that large.
    private const int MostBytes = 64 * 1024;

    public static async ValueTask<byte[]> ReadAsync(Exchange exchange, HttpResponseMessage response, PickedEndpoint picked)
    {
        int status = (int)response.StatusCode;
        byte[]? own = status < StatusCodes.Status400BadRequest
            ? null
            : FromJson(exchange.Dialect, await ReadBodyAsync(response, exchange.Deadline.Token));
        string said = status == StatusCodes.Status200OK ? "did not answer with a stream of events" : string.Create(null, $"answered {status}");
        return own ?? StreamEnding.Render(exchange.Dialect, Code, $"The engine '{picked.Route.OwnedBy}' {said}.", sequenceNumber: 0);
    }

    // Nothing when it is too large or does not come whole: its status has to do.
    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            byte[] buffer = new byte[MostBytes + 1];
            Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            return length <= MostBytes ? buffer.AsMemory(0, length) : default;
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException or OperationCanceledException)
        {
            return default;
        }
    }

    private static byte[]? FromJson(ApiDialect dialect, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("error", out JsonElement error) || error.ValueKind == JsonValueKind.Null)
                return null;
            return dialect == ApiDialect.OpenAiResponses
                ? StreamEnding.Render(dialect, Text(error, "code") ?? Code, Text(error, "message") ?? error.ToString(), sequenceNumber: 0)
                : StreamEnding.Render(dialect, root.WriteTo);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The second is thrown for a string that is no Unicode text.
            return null;
        }
    }

    private static string? Text(JsonElement error, string name) =>
        error.ValueKind == JsonValueKind.Object && error.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number
            ? value.ToString()
            : null;
}
