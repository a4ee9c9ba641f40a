using System.Text.Json.Nodes;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>A refusal, in the API server's own words.</summary>
internal sealed class FakeStatusException(int code, string reason, string message) : Exception(message)
{
    public int Code => code;

    public JsonObject Body => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = Message,
        ["reason"] = reason,
        ["code"] = code,
    };

    public static FakeStatusException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static FakeStatusException Forbidden(FakeApiRequest request, string user) => new(
        403,
        "Forbidden",
        $"{request.Kind.InWords}{(request.Name is null ? "" : $" \"{request.Name}\"")} is forbidden: User \"{user}\" cannot {request.Verb} "
        + $"resource \"{request.Resource}\" in API group \"{request.Kind.Group}\" "
        + (request.Namespace is null ? "at the cluster scope" : $"in the namespace \"{request.Namespace}\""));

    public static FakeStatusException NotFound(FakeKind kind, string name) =>
        new(404, "NotFound", $"{kind.InWords} \"{name}\" not found");

    public static FakeStatusException AlreadyExists(FakeKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.InWords} \"{name}\" already exists");

    public static FakeStatusException Conflict(FakeKind kind, string name) => new(
        409,
        "Conflict",
        $"Operation cannot be fulfilled on {kind.InWords} \"{name}\": "
        + "the object has been modified; please apply your changes to the latest version and try again");

    /// <summary>For a watch: <paramref name="asked"/> is older than what is remembered.</summary>
    public static FakeStatusException TooOld(string asked, long remembered) =>
        new(410, "Expired", $"too old resource version: {asked} ({remembered})");

    public static FakeStatusException ContinueTooOld() => new(
        410,
        "Expired",
        "The provided continue parameter is too old to display a consistent list result. "
        + "You can start a new list without the continue parameter.");

    /// <summary>A JSON patch that can't be applied, a failed <c>test</c> included: since Kubernetes 1.13 that is no 409.</summary>
    public static FakeStatusException Unprocessable() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request");

    public static FakeStatusException Invalid(FakeKind kind, string name, string reason) =>
        new(422, "Invalid", $"{kind.Name} \"{name}\" is invalid: {reason}");

    public static FakeStatusException BadRequest(string message) => new(400, "BadRequest", message);

    public static FakeStatusException UnsupportedMediaType(string? type) => new(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types do not include {type}");

    public static FakeStatusException Failing(int code) => new(
        code, code == 500 ? "InternalError" : "ServiceUnavailable", code == 500 ? "Internal error occurred" : "the server is unable to handle it");
}
