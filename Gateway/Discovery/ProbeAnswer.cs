namespace Gateway.Discovery;

/// <summary>What one probe found out.</summary>
/// <param name="Answered">Whether there was an HTTP answer of the engine itself, of whatever status.</param>
/// <param name="Cards">The models it lists; empty unless <paramref name="Error"/> is null.</param>
/// <param name="Error">Why there is no list, in words that follow the engine's address.</param>
internal readonly record struct ProbeAnswer(bool Answered, IReadOnlyList<ModelCard> Cards, string? Error)
{
    public static ProbeAnswer Listed(IReadOnlyList<ModelCard> cards) => new(true, cards, null);

    /// <summary>It speaks HTTP, but does not list its models.</summary>
    public static ProbeAnswer Useless(string error) => new(true, [], error);

    public static ProbeAnswer Silent(string error) => new(false, [], error);
}
