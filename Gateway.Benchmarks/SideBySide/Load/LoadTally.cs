namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>What a load has seen. Counts only grow; samples are cleared when measuring begins.</summary>
internal sealed class LoadTally
{
    /// <summary>Whole and right.</summary>
    public long Replies { get; set; }

    /// <summary>Right and in order.</summary>
    public long Tokens { get; set; }

    public long Errors { get; private set; }

    /// <summary>Answers of 503, where a contender may refuse what is too much for it.</summary>
    public long Refused { get; set; }

    public string? FirstError { get; private set; }

    /// <summary>From when a request was due to its last byte.</summary>
    public Samples ReplyTimes { get; } = new();

    /// <summary>From when a request was due to its first token.</summary>
    public Samples FirstTokenTimes { get; } = new();

    /// <summary>From the engine's sending of a token to its arrival.</summary>
    public Samples TokenTimes { get; } = new();

    public void Fail(string reason)
    {
        Errors++;
        FirstError ??= reason;
    }

    public void ClearSamples()
    {
        ReplyTimes.Clear();
        FirstTokenTimes.Clear();
        TokenTimes.Clear();
    }
}
