using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>What a client library for JavaScript made of one scenario, as NodeClients/run.mjs prints it.</summary>
internal sealed class NodeResult(JsonElement seen)
{
    /// <summary>Every piece of text that the library handed out, in its order.</summary>
    public List<string> Pieces => [.. seen.GetProperty("pieces").EnumerateArray().Select(piece => piece.ToString())];

    /// <summary>Whether the library took the answer for complete.</summary>
    public bool Finished => seen.GetProperty("finished").GetBoolean();

    /// <summary>Sequence numbers or types of the events that came.</summary>
    public IEnumerable<string> Events => seen.GetProperty("events").EnumerateArray().Select(name => name.ToString());

    /// <summary>What was thrown; fails when nothing was.</summary>
    public JsonElement Error =>
        seen.TryGetProperty("error", out JsonElement error) ? error : throw new InvalidOperationException($"Nothing was thrown: {seen}");

    /// <summary>The class of what was thrown, and all that it derives from.</summary>
    public IEnumerable<string?> ErrorClasses => Error.GetProperty("classes").EnumerateArray().Select(name => name.GetString());

    /// <summary>Another member that the scenario has filled in; fails, and shows what was thrown, when it has not.</summary>
    public string this[string name] =>
        seen.TryGetProperty(name, out JsonElement value)
            ? value.ToString()
            : throw new InvalidOperationException($"There is no '{name}': {seen}");
}
