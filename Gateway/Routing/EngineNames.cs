namespace Gateway.Routing;

/// <summary>
/// When two names mean the same engine: without regard to case, and through the aliases under which the projects themselves go
/// (llm-d's label <c>llm-d.ai/engine-type</c> says <c>trtllm-serve</c> where the engine's own model card says <c>tensorrt_llm</c>).
/// </summary>
internal static class EngineNames
{
    private static readonly string[][] AliasFamilies =
    [
        ["tensorrt_llm", "trtllm-serve", "trtllm"],
        ["llamacpp", "llama.cpp"],
    ];

    /// <summary>Every name under which a client may ask for <paramref name="engine"/>, itself first.</summary>
    public static string[] Accepted(string engine)
    {
        foreach (string[] family in AliasFamilies)
        {
            if (family.Contains(engine, StringComparer.OrdinalIgnoreCase))
                return [engine, .. family.Where(name => !name.Equals(engine, StringComparison.OrdinalIgnoreCase))];
        }

        return [engine];
    }

    /// <summary>One spelling for all names of an engine: the key under which routes of the same pair meet.</summary>
    public static string Canonical(string engine)
    {
        foreach (string[] family in AliasFamilies)
        {
            if (family.Contains(engine, StringComparer.OrdinalIgnoreCase))
                return family[0];
        }

        return engine.ToLowerInvariant();
    }

    public static bool Same(string left, string right) =>
        left.Equals(right, StringComparison.OrdinalIgnoreCase) || Canonical(left) == Canonical(right);
}
