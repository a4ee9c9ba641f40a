namespace Gateway.Discovery.Kubernetes;

/// <summary>What was found in a snapshot. Filled by one thread, then only read.</summary>
internal sealed class Findings
{
    private readonly List<FoundEndpoint> _endpoints = [];
    private readonly HashSet<IgnoredObject> _ignored = [];
    private readonly HashSet<string> _workloads = [];

    public IReadOnlyList<FoundEndpoint> Endpoints => _endpoints;

    public IReadOnlyCollection<IgnoredObject> Ignored => _ignored;

    public IReadOnlySet<string> Workloads => _workloads;

    public void Add(FoundEndpoint endpoint) => _endpoints.Add(endpoint);

    public void Ignore(EndpointOrigin origin, string reason) => _ignored.Add(IgnoredObject.Of(origin, reason));

    /// <summary>The workload is there, whether or not it has endpoints.</summary>
    public void Know(string workload) => _workloads.Add(workload);
}
