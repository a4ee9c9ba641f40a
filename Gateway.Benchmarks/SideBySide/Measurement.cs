namespace Gateway.Benchmarks.SideBySide;

/// <summary>One contender in one scenario, in one round.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Contender">Its name.</param>
/// <param name="Round">From 1.</param>
/// <param name="Figures">What was measured, by the names of <see cref="Figure"/>.</param>
/// <param name="Errors">Replies that were wrong, cut or missing. A fast wrong answer counts as an error.</param>
/// <param name="ClientBusy">The share of its processor that load client and engines used, 0 to 1; above <see cref="ClientLimit"/> the client was the limit.</param>
internal sealed record Measurement(
    string Scenario, string Contender, int Round, IReadOnlyDictionary<string, double> Figures, long Errors, double ClientBusy)
{
    public const double ClientLimit = 0.9;

    public bool ClientWasTheLimit => ClientBusy > ClientLimit;
}
