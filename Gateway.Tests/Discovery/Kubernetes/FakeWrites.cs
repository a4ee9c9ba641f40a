using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Discovery.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>POST, PUT, PATCH and DELETE of one object.</summary>
internal sealed class FakeWrites(FakeObjects objects)
{
    /// <exception cref="FakeStatusException">It is refused.</exception>
    public async Task<(int Status, JsonObject Answer)> AnswerAsync(FakeApiRequest request, HttpRequest http)
    {
        JsonNode? body = await ReadAsync(http);
        string name = request.Name ?? (string?)body?["metadata"]?["name"] ?? throw FakeStatusException.BadRequest("name is required");
        var named = new ResourceName(request.Namespace!, name);
        JsonObject? written = objects.Write(request.Kind, named, before => request.Verb switch
        {
            "create" => before is null ? Whole(body) : throw FakeStatusException.AlreadyExists(request.Kind, name),
            _ when before is null => throw FakeStatusException.NotFound(request.Kind, name),
            "update" => Checked(request.Kind, before, Whole(body)),
            "patch" => Checked(request.Kind, before, FakePatch.Apply(http.ContentType?.Split(';')[0], before, body)),
            _ => Removed(request.Kind, before, body?["preconditions"]),
        });
        return (request.Verb == "create" ? 201 : 200, written ?? Deleted(request.Kind, name));
    }

    private static async Task<JsonNode?> ReadAsync(HttpRequest http)
    {
        if (http.ContentLength is 0 or null && !http.Headers.ContainsKey("Transfer-Encoding"))
            return null;

        try
        {
            return await JsonNode.ParseAsync(http.Body, cancellationToken: http.HttpContext.RequestAborted);
        }
        catch (JsonException malformed)
        {
            throw FakeStatusException.BadRequest(malformed.Message);
        }
    }

    private static JsonObject Whole(JsonNode? body) => body as JsonObject ?? throw FakeStatusException.BadRequest("an object is required");

    // A write that names no version is one to whatever there is.
    private static JsonObject Checked(FakeKind kind, JsonObject before, JsonObject after)
    {
        CheckVersion(kind, before, after["metadata"]?["resourceVersion"]);
        after["metadata"] ??= new JsonObject();
        after["metadata"]!["name"] = before["metadata"]!["name"]!.DeepClone();
        return after;
    }

    private static JsonObject? Removed(FakeKind kind, JsonObject before, JsonNode? preconditions)
    {
        CheckVersion(kind, before, preconditions?["resourceVersion"]);
        return null;
    }

    private static void CheckVersion(FakeKind kind, JsonObject before, JsonNode? expected)
    {
        if ((string?)expected is { Length: > 0 } version && version != (string?)before["metadata"]!["resourceVersion"])
            throw FakeStatusException.Conflict(kind, (string)before["metadata"]!["name"]!);
    }

    private static JsonObject Deleted(FakeKind kind, string name) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Success",
        ["details"] = new JsonObject { ["name"] = name, ["kind"] = kind.Plural },
    };
}
