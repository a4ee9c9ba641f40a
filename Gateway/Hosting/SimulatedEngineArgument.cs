namespace Gateway.Hosting;

/// <summary>The value of <c>--simulate-engine</c>.</summary>
/// <param name="OwnedBy">Which engine it says it is.</param>
/// <param name="Models">What it serves; at least one.</param>
internal sealed record SimulatedEngineArgument(string OwnedBy, IReadOnlyList<string> Models)
{
    public const string Form = "OWNER=MODEL[,MODEL…], for example vllm=meta-llama/Llama-3.2-1B-Instruct";

    /// <exception cref="ConfigurationException">The owner or a model is missing.</exception>
    public static SimulatedEngineArgument Parse(string value)
    {
        int equals = value.IndexOf('=');
        string[] models = value[(equals + 1)..].Split(',');
        if (equals < 1 || models.Contains(""))
            throw ConfigurationException.Value("--simulate-engine", value, Form);
        return new SimulatedEngineArgument(value[..equals], models);
    }
}
