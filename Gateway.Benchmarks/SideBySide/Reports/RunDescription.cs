namespace Gateway.Benchmarks.SideBySide.Reports;

/// <summary>Where and of what a run was made: without it no figure means anything.</summary>
/// <param name="Date">When it began.</param>
/// <param name="Commit">Of this repository, and whether there were changes.</param>
/// <param name="Cpu">The processor's name.</param>
/// <param name="Cores">How many the machine has.</param>
/// <param name="Kernel">And the distribution.</param>
/// <param name="InContainer">Whether it was seen to be one.</param>
/// <param name="Runtime">Of everything that is .NET.</param>
/// <param name="Collector">Of the contenders that are .NET.</param>
/// <param name="Gateway">How the gateway was built.</param>
/// <param name="Quota">What each contender was limited to by a control group; null when it had a processor to itself.</param>
/// <param name="Peers">Their versions.</param>
internal sealed record RunDescription(
    DateTimeOffset Date, string Commit, string Cpu, int Cores, string Kernel, bool InContainer, string Runtime, string Collector, string Gateway,
    string? Quota, IReadOnlyDictionary<string, string> Peers)
{
    /// <summary>All but the date, for people.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts() =>
    [
        ("commit", $"`{Commit}`"),
        ("processor", $"{Cpu}, {Cores} cores"),
        ("kernel", $"{Kernel}{(InContainer ? ", in a container" : "")}"),
        ("runtime", Runtime),
        ("collector", Collector),
        ("gateway", Gateway),
        ("each contender", Quota ?? "pinned to one processor"),
        ("peers", string.Join("; ", Peers.Select(peer => $"{peer.Key} {peer.Value}"))),
    ];

    /// <summary>Why the figures of another run don't belong beside those of this one; null when they do.</summary>
    public string? DifferenceTo(RunDescription other) => Facts()
        .Zip(other.Facts(), (here, there) => here == there ? null : $"{here.Name} is {here.Value} in one and {there.Value} in another")
        .FirstOrDefault(difference => difference is not null);
}
