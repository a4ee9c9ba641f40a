namespace Gateway.Simulation.Answers;

/// <summary>One generation, whichever API asked for it: what it says and what it costs.</summary>
internal sealed record Generation
{
    /// <summary>The varying part of all ids in the answer.</summary>
    public required string Id { get; init; }

    public required string Model { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long Created { get; init; }

    public required int PromptTokens { get; init; }

    public required int CachedTokens { get; init; }

    public required int Tokens { get; init; }

    /// <summary>Whether the request's limit ended it, not the model.</summary>
    public required bool IsCutShort { get; init; }

    public required int PadBytes { get; init; }

    /// <summary>The function that must be called, when the request says so.</summary>
    public ForcedTool? Tool { get; init; }

    /// <summary>Whether a stream ends with the usage.</summary>
    public bool IncludesUsage { get; init; }

    public string ModelJson => WireJson.Quote(Model);

    public string Text => SimulatedText.Whole(Tokens, PadBytes);

    /// <summary>OpenAI's usage object.</summary>
    public string UsageJson => WireJson.OneLine(
        $$$"""
        {"prompt_tokens":{{{PromptTokens}}},"total_tokens":{{{PromptTokens + Tokens}}},"completion_tokens":{{{Tokens}}},
        "prompt_tokens_details":{"cached_tokens":{{{CachedTokens}}}}}
        """);
}

/// <param name="Name">The function's name.</param>
/// <param name="IsNamed">Whether <c>tool_choice</c> names it; false when any of the offered ones would have done.</param>
internal sealed record ForcedTool(string Name, bool IsNamed);
