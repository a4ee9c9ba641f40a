namespace Gateway.Simulation;

/// <summary>How long a simulated engine takes.</summary>
internal sealed record SimulatedPacing
{
    /// <summary>No waiting at all.</summary>
    public static SimulatedPacing None { get; } = new();

    /// <summary>About a one-billion-parameter model on a small GPU: fast enough to watch, slow enough to see the tokens come.</summary>
    public static SimulatedPacing Realistic { get; } = new()
    {
        TimeToFirstToken = TimeSpan.FromMilliseconds(60),
        PrefillPerToken = TimeSpan.FromMilliseconds(0.1),
        TimePerToken = TimeSpan.FromMilliseconds(20),
        GrowthPerRunning = 0.02,
    };

    /// <summary>To the first token of an empty prompt.</summary>
    public TimeSpan TimeToFirstToken { get; init; }

    /// <summary>Added to that for every token of the prompt that is not in the prefix cache.</summary>
    public TimeSpan PrefillPerToken { get; init; }

    /// <summary>Between two tokens.</summary>
    public TimeSpan TimePerToken { get; init; }

    /// <summary>Share by which all of these grow with every other request that is being worked on.</summary>
    public double GrowthPerRunning { get; init; }

    public TimeSpan Prefill(int uncachedTokens, int running) => UnderLoad(TimeToFirstToken + (PrefillPerToken * uncachedTokens), running);

    public TimeSpan Token(int running) => UnderLoad(TimePerToken, running);

    private TimeSpan UnderLoad(TimeSpan alone, int running) =>
        alone == TimeSpan.Zero ? alone : alone * (1 + (GrowthPerRunning * Math.Max(0, running - 1)));
}
