namespace Gateway.Telemetry;

/// <summary>How many tokens a request took and gave, as its engine says.</summary>
/// <param name="Input">Tokens of the prompt; null when the engine did not say.</param>
/// <param name="Output">Tokens of the answer; null when nobody knows.</param>
/// <param name="CachedInput">Those of <paramref name="Input"/> that the engine had in its prefix cache.</param>
internal readonly record struct TokenUsage(long? Input, long? Output, long? CachedInput);
