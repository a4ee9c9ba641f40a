namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>One line of a Role or a ClusterRole.</summary>
/// <param name="Verbs">Separated by commas: <c>list,watch</c>.</param>
/// <param name="Resource">The plural.</param>
/// <param name="Namespace">Of a Role; null for a ClusterRole.</param>
/// <param name="Name">One of <c>resourceNames</c>; null for all.</param>
internal sealed record FakeRule(string Verbs, string Resource, string? Namespace = null, string? Name = null)
{
    public bool Allows(FakeApiRequest request) =>
        Verbs.Split(',').Contains(request.Verb)
        && Resource == request.Resource
        && (Namespace is null || Namespace == request.Namespace)

        // A list or a watch is allowed for one name if it asks for that name only; what is being created has none yet.
        && (Name is null || Name == (request.Verb is "list" or "watch" ? request.SelectedName : request.Name));
}
