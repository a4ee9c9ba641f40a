namespace Gateway.Discovery;

/// <summary>The engines that the configuration names.</summary>
internal sealed class StaticEngineSource(EndpointProber prober) : IEndpointSource
{
    private volatile IReadOnlyList<FoundEndpoint> _endpoints = [];

    public event Action? Changed;

    public string Name => "static";

    public IReadOnlyList<FoundEndpoint> Endpoints => _endpoints;

    public IReadOnlyList<IgnoredObject> Ignored => [];

    public IReadOnlyList<string> Errors => [];

    // An engine is known for as long as it is configured, whether it answers or not.
    public IReadOnlySet<string> Workloads { get; } = new HashSet<string>();

    /// <summary>Whether each engine's first probe has ended, either way.</summary>
    public bool IsListed => _endpoints.All(engine => prober.Latest(engine.Address) is not null);

    public IReadOnlyList<SourceStatus> Statuses
    {
        get
        {
            IReadOnlyList<FoundEndpoint> engines = _endpoints;
            ProbeOutcome?[] outcomes = [.. engines.Select(engine => prober.Latest(engine.Address))];
            string[] errors =
            [
                .. from pair in engines.Zip(outcomes)
                   where pair.Second?.Error is not null
                   select $"{pair.First.Address} {pair.Second.Error}",
            ];
            return
            [
                new SourceStatus(
                    Name,
                    outcomes.All(outcome => outcome is not null),
                    outcomes.Max(outcome => outcome?.At),
                    engines.Count,
                    errors.Length == 0 ? null : string.Join("; ", errors)),
            ];
        }
    }

    public void Use(IEnumerable<StaticEngine> engines)
    {
        _endpoints = EndpointSources.Merge([.. engines.Select(engine => engine.Found)]);
        Changed?.Invoke();
    }

    // The configuration is followed by itself, and the engines are probed by whoever asks.
    public Task ListAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
