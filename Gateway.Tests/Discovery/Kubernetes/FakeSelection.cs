using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>Which objects a list or a watch is about: kind, namespace, label selector, <c>metadata.name</c>.</summary>
internal sealed partial class FakeSelection(FakeApiRequest request)
{
    private readonly Func<JsonObject?, bool>[] _requirements =
        [.. Requirement().Matches((string?)request.Query["labelSelector"] ?? "").Select(match => Read(match.Value.Trim()))];

    public FakeKind Kind => request.Kind;

    public bool WantsBookmarks => request.Query["allowWatchBookmarks"] == "true";

    public bool Includes(FakeKind kind, JsonObject? resource) =>
        resource?["metadata"] is JsonObject metadata
        && kind == request.Kind
        && (request.Namespace is null || (string?)metadata["namespace"] == request.Namespace)
        && (request.SelectedName is null || (string?)metadata["name"] == request.SelectedName)
        && Array.TrueForAll(_requirements, requirement => requirement(metadata["labels"] as JsonObject));

    // Commas separate requirements, but not within the brackets of a set.
    [GeneratedRegex(@"(?:[^,(]|\([^)]*\))+")]
    private static partial Regex Requirement();

    [GeneratedRegex(@"^(?<key>\S+)\s+(?<not>notin|in)\s*\((?<values>[^)]*)\)$")]
    private static partial Regex InSet();

    private static Func<JsonObject?, bool> Read(string requirement)
    {
        if (InSet().Match(requirement) is { Success: true } set)
        {
            string[] values = set.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries);
            bool isWanted = set.Groups["not"].Value == "in";
            return labels => values.Contains(Label(labels, set.Groups["key"].Value)) == isWanted;
        }

        return requirement.Split("!=") is [{ } unequal, { } other]
            ? labels => Label(labels, unequal.Trim()) != other.Trim()
            : requirement.Split('=', StringSplitOptions.RemoveEmptyEntries) is [{ } key, { } value]
                ? labels => Label(labels, key.Trim()) == value.Trim()
                : requirement.StartsWith('!')
                    ? labels => Label(labels, requirement[1..]) is null
                    : labels => Label(labels, requirement) is not null;
    }

    private static string? Label(JsonObject? labels, string key) => (string?)labels?[key];
}
