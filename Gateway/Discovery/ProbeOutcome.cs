namespace Gateway.Discovery;

/// <summary>How an engine stands after a probe. Immutable.</summary>
/// <param name="At">When the probe ended.</param>
/// <param name="Cards">The models it last listed, even if this probe failed.</param>
/// <param name="Error">Why this probe failed; null when it did not.</param>
internal sealed record ProbeOutcome(DateTimeOffset At, IReadOnlyList<ModelCard> Cards, string? Error);
