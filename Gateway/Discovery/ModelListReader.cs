using System.Text.Json;

namespace Gateway.Discovery;

/// <summary>Reads the answer to <c>GET /v1/models</c>.</summary>
internal static class ModelListReader
{
    private const string Expected = "expected {\"object\":\"list\",\"data\":[{\"id\":\"…\"}]}";

    // The owner becomes the value of a response header, which takes printable ASCII; no engine's name comes near this length.
    private const int MaxOwnerLength = 128;

    /// <summary>Entries without a name are passed over; an answer that is no list, or that names nothing, is an error in words.</summary>
    public static ProbeAnswer Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            return ProbeAnswer.Useless($"its answer to GET /v1/models is not JSON, {Expected}");
        }
    }

    /// <summary>Whether it can stand as an engine's name.</summary>
    public static bool IsOwner(string owner) => owner.Length is > 0 and <= MaxOwnerLength && owner.All(sign => sign is > ' ' and <= '~');

    private static ProbeAnswer Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out JsonElement data) || data.ValueKind != JsonValueKind.Array)
            return ProbeAnswer.Useless($"its answer to GET /v1/models has no array \"data\", {Expected}");
        if (data.GetArrayLength() == 0)
            return ProbeAnswer.Useless("its /v1/models lists no model");

        var cards = new List<ModelCard>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement entry in data.EnumerateArray())
        {
            if (Text(entry, "id") is { Length: > 0 } id && seen.Add(id))
                cards.Add(new ModelCard(id, Owner(entry), entry.Clone()));
        }

        return cards.Count == 0
            ? ProbeAnswer.Useless($"no entry of its /v1/models has an \"id\", {Expected}")
            : ProbeAnswer.Listed(cards);
    }

    private static string? Owner(JsonElement card) => Text(card, "owned_by") is { } owner && IsOwner(owner) ? owner : null;

    private static string? Text(JsonElement card, string member) =>
        card.ValueKind == JsonValueKind.Object && card.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
