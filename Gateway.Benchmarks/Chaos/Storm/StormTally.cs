namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>How many requests came to which end.</summary>
internal sealed class StormTally
{
    private const int MostKept = 20;

    private readonly Lock _lock = new();
    private readonly int[] _counts = new int[Enum.GetValues<StormOutcome>().Length];
    private readonly List<string> _wrong = [];
    private int _number;
    private int _ended;

    /// <summary>Requests that have come to their end.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>What was wrong, of the first few that were.</summary>
    public IReadOnlyList<string> Wrong
    {
        get
        {
            lock (_lock)
                return [.. _wrong];
        }
    }

    public int this[StormOutcome outcome]
    {
        get
        {
            lock (_lock)
                return _counts[(int)outcome];
        }
    }

    public int NextNumber() => Interlocked.Increment(ref _number);

    public void Add(StormRequest request, StormOutcome outcome, string? wrong)
    {
        lock (_lock)
        {
            _counts[(int)outcome]++;
            if (wrong is not null && _wrong.Count < MostKept)
                _wrong.Add($"request {request.Number} ({request.Tokens} tokens{(request.IsStream ? ", stream" : "")}): {wrong}");
        }

        Interlocked.Increment(ref _ended);
    }
}
