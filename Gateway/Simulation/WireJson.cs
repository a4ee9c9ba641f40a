using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Simulation;

/// <summary>JSON as Python's servers write it: only what must be escaped is.</summary>
internal static class WireJson
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A template that is written in several lines to be read, as it goes over the wire.</summary>
    public static string OneLine(string json) => json.ReplaceLineEndings("");

    /// <summary>With its quotes.</summary>
    public static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);
}
