using System.Text.Json;

namespace Gateway.Tests.Simulation;

/// <summary>One server-sent event.</summary>
internal sealed record StreamEvent(string? Name, string Data)
{
    public JsonElement Json => JsonElement.Parse(Data);

    /// <summary>Reads whole events; anything else fails the test.</summary>
    public static List<StreamEvent> Parse(string text)
    {
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        var events = new List<StreamEvent>();
        foreach (string block in text[..^2].Split("\n\n"))
        {
            string[] lines = block.Split('\n');
            string? name = lines.Length == 2 ? lines[0]["event: ".Length..] : null;
            Assert.StartsWith("data: ", lines[^1], StringComparison.Ordinal);
            events.Add(new StreamEvent(name, lines[^1]["data: ".Length..]));
        }

        return events;
    }
}
