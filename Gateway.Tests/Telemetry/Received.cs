using System.Text;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Telemetry;

/// <summary>What a collector was sent, by path. Text stands in Protocol Buffers as it is.</summary>
internal sealed class Received
{
    private readonly Dictionary<string, StringBuilder> _texts = [];

    public string Of(string path)
    {
        lock (_texts)
            return _texts.TryGetValue(path, out StringBuilder? text) ? text.ToString() : "";
    }

    public async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
        string text = await reader.ReadToEndAsync(context.RequestAborted);
        lock (_texts)
        {
            if (!_texts.TryGetValue(context.Request.Path, out StringBuilder? known))
                _texts[context.Request.Path] = known = new StringBuilder();
            known.Append(text);
        }
    }
}
