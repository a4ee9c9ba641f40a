using System.Text.Json.Nodes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>One write: what there was and what there is now, either of them null. The objects are never changed.</summary>
internal sealed record FakeChange(long Revision, FakeKind Kind, JsonObject? Before, JsonObject? After)
{
    /// <summary>As a watch sees it: an object that no longer matches its selector is deleted for it, one that begins to is added.</summary>
    public JsonObject? SeenBy(FakeSelection selection) => (selection.Includes(Kind, Before), selection.Includes(Kind, After)) switch
    {
        (false, true) => Event("ADDED", After!),
        (true, true) => Event("MODIFIED", After!),
        (true, false) => Event("DELETED", At(Revision, Before!)),
        _ => null,
    };

    public static JsonObject Event(string type, JsonObject resource) => new() { ["type"] = type, ["object"] = resource.DeepClone() };

    private static JsonObject At(long revision, JsonObject resource)
    {
        var last = (JsonObject)resource.DeepClone();
        last["metadata"]!["resourceVersion"] = $"{revision}";
        return last;
    }
}
