namespace Gateway.Discovery.Kubernetes;

/// <summary>The endpoints that the Kubernetes API tells of. Looked for when somebody asks and something has changed since.</summary>
internal sealed class KubernetesSource : IEndpointSource
{
    private readonly ClusterState _cluster;
    private readonly DiscoveryRules _rules;
    private readonly Lock _finding = new();

    // Guarded by _finding.
    private ClusterSnapshot? _searched;
    private ClusterFindings? _findings;

    public KubernetesSource(ClusterState cluster, DiscoveryRules rules)
    {
        _cluster = cluster;
        _rules = rules;
        cluster.Changed += () => Changed?.Invoke();
    }

    public event Action? Changed;

    public string Name => "kubernetes";

    public IReadOnlyList<FoundEndpoint> Endpoints => Current.Endpoints;

    public IReadOnlyList<IgnoredObject> Ignored => Current.Ignored;

    public IReadOnlySet<string> Workloads => Current.Workloads;

    /// <summary>A watch that may never be, as of InferencePools where nobody has installed them, keeps nothing waiting.</summary>
    public bool IsListed => _cluster.Scopes.SelectMany(Watches).All(watch => watch.Listed || watch.FailedForGood);

    public IReadOnlyList<SourceStatus> Statuses
    {
        get
        {
            ClusterFindings found = Current;
            return [.. _cluster.Scopes.SelectMany(scope => (SourceStatus[])
            [
                StatusOf(scope, scope.Pods.Status, found.Pods),
                StatusOf(scope, scope.Services.Status, found.Services),
                StatusOf(scope, scope.Slices.Status, found.Services),
                StatusOf(scope, scope.Pools.Status, found.Pools),
            ])];
        }
    }

    /// <summary>InferencePools are an extra, so that a cluster without them has no fault.</summary>
    public IReadOnlyList<string> Errors =>
    [
        .. from scope in _cluster.Scopes
           from watch in Watches(scope)
           where watch.Error is not null && !(watch.FailedForGood && watch == scope.Pools.Status)
           select $"{watch.Kind}: {watch.Error}",
    ];

    private ClusterFindings Current
    {
        get
        {
            lock (_finding)
            {
                ClusterSnapshot cluster = _cluster.Current;
                if (_findings is null || !ReferenceEquals(cluster, _searched))
                {
                    _findings = new ClusterFindings(cluster, _rules);
                    _searched = cluster;
                }

                return _findings;
            }
        }
    }

    public Task ListAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_cluster.Scopes.Select(scope => scope.ListAsync(cancellationToken)));

    private static WatchStatus[] Watches(WatchedScope scope) =>
        [scope.Pods.Status, scope.Services.Status, scope.Slices.Status, scope.Pools.Status];

    private static SourceStatus StatusOf(WatchedScope scope, WatchStatus watch, Findings findings) =>
        new(
            watch.Kind,
            watch.Listed,
            watch.LastHeard,
            findings.Endpoints.Count(endpoint => endpoint.Withheld is null && (scope.Namespace is null || scope.Namespace == endpoint.Namespace)),
            watch.Error);
}
