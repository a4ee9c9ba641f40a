namespace Gateway.Simulation;

/// <summary>All that the answers of one engine depend on; it outlives the engine's being killed and revived.</summary>
internal sealed class EngineState(SimulatedEngineSettings settings)
{
    private volatile IReadOnlyList<string> _models = [.. settings.Models];
    private volatile bool _ready = true;
    private volatile bool _alive;
    private long _received;
    private long _completed;
    private long _clientsLeft;
    private long _answers = -1;

    public SimulatedEngineSettings Settings => settings;

    public RequestLog Requests { get; } = new();

    public EngineLoad Load { get; } = new(settings.MaxRunning);

    public PrefixCache Cache { get; } = new(settings.CacheBlocks);

    public FaultSwitch Faults { get; } = new();

    public IReadOnlyList<string> Models
    {
        get => _models;
        set => _models = [.. value];
    }

    public bool Ready
    {
        get => _ready;
        set => _ready = value;
    }

    public bool Alive
    {
        get => _alive;
        set => _alive = value;
    }

    public long Received => Interlocked.Read(ref _received);

    public long Completed => Interlocked.Read(ref _completed);

    public long ClientsLeft => Interlocked.Read(ref _clientsLeft);

    public void CountReceived() => Interlocked.Increment(ref _received);

    public void CountEnded(RequestOutcome outcome)
    {
        if (outcome == RequestOutcome.Completed)
            Interlocked.Increment(ref _completed);
        else if (outcome == RequestOutcome.ClientLeft)
            Interlocked.Increment(ref _clientsLeft);
    }

    /// <summary>The varying part of the next answer's id.</summary>
    public string NextId() => $"{settings.Name}-{Interlocked.Increment(ref _answers)}";

    /// <summary>The served name that a request means: its own, or the first one when it names none. Null when it is not served.</summary>
    public string? Resolve(string? requested)
    {
        IReadOnlyList<string> models = _models;
        if (string.IsNullOrEmpty(requested))
            return models.Count > 0 ? models[0] : null;

        foreach (string model in models)
        {
            if (string.Equals(model, requested, StringComparison.Ordinal))
                return model;
        }

        return null;
    }

    public long UnixTime() => settings.Time.GetUtcNow().ToUnixTimeSeconds();
}
