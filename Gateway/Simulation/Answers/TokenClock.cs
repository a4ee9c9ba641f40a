namespace Gateway.Simulation.Answers;

/// <summary>How long one exchange waits for its tokens: what it asked for itself, else the engine's pacing under its present load.</summary>
internal static class TokenClock
{
    public static TimeSpan ToFirstToken(Exchange exchange, Generation generation) => exchange.Fault.TimeToFirstToken
        ?? exchange.Engine.Settings.Pacing.Prefill(generation.PromptTokens - generation.CachedTokens, exchange.Engine.Load.Running);

    public static TimeSpan ToNextToken(Exchange exchange) => exchange.Fault.TimePerToken
        ?? exchange.Engine.Settings.Pacing.Token(exchange.Engine.Load.Running);
}
