namespace Gateway.Discovery.Kubernetes;

/// <summary>All watched scopes as one; the snapshot is made when somebody asks, however many events came before.</summary>
internal sealed class ClusterState
{
    private readonly Lock _reading = new();
    private ClusterSnapshot? _snapshot;

    public ClusterState(IReadOnlyList<WatchedScope> scopes)
    {
        Scopes = scopes;
        foreach (WatchedScope scope in scopes)
        {
            scope.Pods.Changed += Tell;
            scope.Services.Changed += Tell;
            scope.Slices.Changed += Tell;
            scope.Pools.Changed += Tell;
        }
    }

    /// <summary>Raised after an object or the status of a watch has changed, on any thread; handlers don't throw.</summary>
    public event Action? Changed;

    public IReadOnlyList<WatchedScope> Scopes { get; }

    /// <summary>The same object until something has changed.</summary>
    public ClusterSnapshot Current
    {
        get
        {
            lock (_reading)
            {
                return _snapshot ??= new ClusterSnapshot(
                    Together(scope => scope.Pods),
                    Together(scope => scope.Services),
                    Scopes.SelectMany(scope => scope.Slices.Current.Values),
                    Scopes.SelectMany(scope => scope.Pools.Current.Values));
            }
        }
    }

    private IReadOnlyDictionary<ResourceName, T> Together<T>(Func<WatchedScope, IResourceCache<T>> cache) =>
        Scopes is [var only] ? cache(only).Current : Scopes.SelectMany(scope => cache(scope).Current).ToDictionary();

    private void Tell()
    {
        lock (_reading)
            _snapshot = null;
        Changed?.Invoke();
    }
}
