using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>Answers lists, in pages where a limit is asked for. All pages are of the state at the first one's time.</summary>
internal sealed class FakePages(FakeObjects objects)
{
    private readonly ConcurrentDictionary<string, (ArraySegment<JsonObject> Left, long Revision)> _continued = new();

    public void Expire() => _continued.Clear();

    /// <exception cref="FakeStatusException">The continue token has expired.</exception>
    public JsonObject Answer(FakeApiRequest request)
    {
        (ArraySegment<JsonObject> left, long revision) = request.Continue is { Length: > 0 } token
            ? _continued.TryGetValue(token, out (ArraySegment<JsonObject>, long) rest) ? rest : throw FakeStatusException.ContinueTooOld()
            : First(request);
        int size = int.TryParse(request.Query["limit"], out int limit) && limit > 0 ? Math.Min(limit, left.Count) : left.Count;

        var metadata = new JsonObject { ["resourceVersion"] = $"{revision}" };
        if (size < left.Count)
        {
            string next = $"{Guid.NewGuid():N}";
            _continued[next] = (left[size..], revision);
            metadata["continue"] = next;
            metadata["remainingItemCount"] = left.Count - size;
        }

        return new JsonObject
        {
            ["kind"] = $"{request.Kind.Name}List",
            ["apiVersion"] = request.Kind.ApiVersion,
            ["metadata"] = metadata,
            ["items"] = new JsonArray([.. left[..size].Select(resource => Item(request.Kind, resource))]),
        };
    }

    private (ArraySegment<JsonObject> Resources, long Revision) First(FakeApiRequest request)
    {
        (IReadOnlyList<JsonObject> resources, long revision) = objects.Select(new FakeSelection(request));
        return (resources.ToArray(), revision);
    }

    // Of built-in kinds the API server says what they are once, in the list itself.
    private static JsonObject Item(FakeKind kind, JsonObject resource)
    {
        var item = (JsonObject)resource.DeepClone();
        if (kind != FakeKind.InferencePools)
        {
            item.Remove("kind");
            item.Remove("apiVersion");
        }

        return item;
    }
}
