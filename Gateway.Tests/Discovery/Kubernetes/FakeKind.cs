namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>A kind that <see cref="FakeApiServer"/> knows.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Version">Of the group.</param>
/// <param name="Plural">As in paths.</param>
/// <param name="Name">As in <c>kind</c>.</param>
internal sealed record FakeKind(string Group, string Version, string Plural, string Name)
{
    public static readonly FakeKind InferencePools = new("inference.networking.k8s.io", "v1", "inferencepools", "InferencePool");

    private static readonly FakeKind[] All =
    [
        new("", "v1", "pods", "Pod"),
        new("", "v1", "services", "Service"),
        new("", "v1", "configmaps", "ConfigMap"),
        new("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice"),
        new("apps", "v1", "deployments", "Deployment"),
        InferencePools,
    ];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>configmaps</c>, <c>deployments.apps</c>: as the API server names it in messages.</summary>
    public string InWords => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    public static FakeKind? Find(string group, string version, string plural) =>
        Array.Find(All, kind => (kind.Group, kind.Version, kind.Plural) == (group, version, plural));

    public static FakeKind Named(string name) => All.Single(kind => kind.Name == name);

    public static FakeKind OfPlural(string plural) => All.Single(kind => kind.Plural == plural);
}
