namespace Gateway.Benchmarks.SideBySide.Scenarios;

/// <summary>What one round has shown of one contender.</summary>
/// <param name="Figures">By the names of <see cref="Figure"/>.</param>
/// <param name="Errors">How many replies were wrong.</param>
/// <param name="FirstError">What was wrong with the first of them.</param>
/// <param name="ClientBusy">The share of their processor that client and engines used.</param>
internal sealed record Outcome(IReadOnlyDictionary<string, double> Figures, long Errors, string? FirstError, double ClientBusy);
