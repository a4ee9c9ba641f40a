using System.Text.Json;
using Gateway.Discovery;
using Gateway.Forwarding;

namespace Gateway.Admin;

/// <summary><c>POST /admin/discover</c>: look again now, and say what came of it.</summary>
internal sealed class DiscoverCall(IDiscovery discovery)
{
    public async Task RunAsync(HttpContext context)
    {
        DiscoveryReport report = await discovery.DiscoverAsync(context.RequestAborted);
        await JsonAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("discovered", report.Discovered);
            WriteTexts(json, "added", report.Added);
            WriteTexts(json, "removed", report.Removed);
            WriteTexts(json, "errors", report.Errors);
            json.WriteNumber("duration_ms", (long)report.Duration.TotalMilliseconds);
            json.WriteEndObject();
        });
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
