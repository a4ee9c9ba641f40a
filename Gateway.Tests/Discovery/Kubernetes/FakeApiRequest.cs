using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>A request as the API server reads it.</summary>
/// <param name="Verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c> or <c>delete</c>.</param>
/// <param name="Kind">Of what.</param>
/// <param name="Namespace">Null for all namespaces.</param>
/// <param name="Name">Null for many.</param>
/// <param name="Query">The query, as it came.</param>
internal sealed record FakeApiRequest(string Verb, FakeKind Kind, string? Namespace, string? Name, IQueryCollection Query)
{
    public string Resource => Kind.Plural;

    public string? ResourceVersion => Query["resourceVersion"];

    public string? Continue => Query["continue"];

    /// <summary>The name that a field selector asks for, which a role's <c>resourceNames</c> is held against, too.</summary>
    public string? SelectedName =>
        ((string?)Query["fieldSelector"])?.Split("metadata.name=") is ["", { } name] ? name : null;

    /// <summary>Null when there is no such path.</summary>
    public static FakeApiRequest? Read(HttpRequest request)
    {
        string[] path = request.Path.Value!.Trim('/').Split('/');
        (string group, string version, string[] rest) = path switch
        {
            ["api", { } core, .. { } left] => ("", core, left),
            ["apis", { } named, { } itsVersion, .. { } left] => (named, itsVersion, left),
            _ => ("", "", []),
        };
        (string? @namespace, string plural, string? name) = rest switch
        {
            ["namespaces", { } within, { } resource] => (within, resource, (string?)null),
            ["namespaces", { } within, { } resource, { } one] => (within, resource, one),
            [{ } resource] => (null, resource, null),
            _ => (null, "", null),
        };
        return FakeKind.Find(group, version, plural) is { } kind
            ? new FakeApiRequest(VerbOf(request, name), kind, @namespace, name, request.Query)
            : null;
    }

    private static string VerbOf(HttpRequest request, string? name) => request.Method switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ when name is not null => "get",
        _ => request.Query["watch"] == "true" ? "watch" : "list",
    };
}
