namespace Gateway.Forwarding;

/// <summary>What the clients of streams get besides the engine's bytes.</summary>
internal sealed class StreamsOptions
{
    /// <summary>More often than this a comment would only cost.</summary>
    public static readonly TimeSpan ShortestKeepAlive = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the client of a stream waits for its first byte, and then for the next one, until a comment tells it that all is well; none when left out.</summary>
    public TimeSpan? KeepAlive { get; init; }
}
