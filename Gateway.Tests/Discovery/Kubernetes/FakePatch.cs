using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>The two kinds of patches, RFC 7396 and RFC 6902, as the API server applies them.</summary>
internal static class FakePatch
{
    public static JsonObject Apply(string? mediaType, JsonObject to, JsonNode? patch) => (mediaType, patch) switch
    {
        // Of the kinds here, ConfigMaps are the ones that are patched: for maps of text both ways are one.
        ("application/merge-patch+json" or "application/strategic-merge-patch+json", JsonObject merge) => (JsonObject)Merge(to, merge)!,
        ("application/json-patch+json", JsonArray operations) => Operate(to, operations),
        ("application/merge-patch+json" or "application/strategic-merge-patch+json" or "application/json-patch+json", _) =>
            throw FakeStatusException.BadRequest("error decoding patch"),
        _ => throw FakeStatusException.UnsupportedMediaType(mediaType),
    };

    private static JsonNode? Merge(JsonNode? to, JsonNode? patch)
    {
        if (patch is not JsonObject members)
            return patch?.DeepClone();

        JsonObject merged = to is JsonObject before ? (JsonObject)before.DeepClone() : [];
        foreach ((string name, JsonNode? value) in members)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = Merge(merged[name], value);
        }

        return merged;
    }

    private static JsonObject Operate(JsonObject to, JsonArray operations)
    {
        var patched = (JsonObject)to.DeepClone();
        foreach (JsonNode? operation in operations)
        {
            string[] pointer = [.. ((string)operation!["path"]!).Split('/').Skip(1).Select(Unescape)];
            JsonNode? parent = pointer[..^1].Aggregate((JsonNode?)patched, Member);
            JsonNode? value = operation["value"];
            if (!IsDone((string)operation["op"]!, parent, pointer[^1], value))
                throw FakeStatusException.Unprocessable();
        }

        return patched;
    }

    private static bool IsDone(string operation, JsonNode? parent, string key, JsonNode? value) => (operation, parent) switch
    {
        ("test", _) => JsonNode.DeepEquals(Member(parent, key), value),
        ("add", JsonObject members) => IsSet(members, key, value),
        ("add", JsonArray items) => IsInserted(items, key, value),
        ("replace", JsonObject members) => members.ContainsKey(key) && IsSet(members, key, value),
        ("remove", JsonObject members) => members.Remove(key),
        _ => false,
    };

    private static bool IsSet(JsonObject members, string key, JsonNode? value)
    {
        members[key] = value?.DeepClone();
        return true;
    }

    private static bool IsInserted(JsonArray items, string key, JsonNode? value)
    {
        int index = key == "-" ? items.Count : int.Parse(key, CultureInfo.InvariantCulture);
        if (index > items.Count)
            return false;
        items.Insert(index, value?.DeepClone());
        return true;
    }

    private static JsonNode? Member(JsonNode? of, string key) => of switch
    {
        JsonObject members => members[key],
        JsonArray items when int.TryParse(key, CultureInfo.InvariantCulture, out int index) && index < items.Count => items[index],
        _ => null,
    };

    private static string Unescape(string token) => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
