namespace Gateway.Discovery.Kubernetes;

/// <summary>The annotations with which an operator tells the gateway what it can't find out.</summary>
internal static class DiscoveryAnnotations
{
    /// <summary>The port that serves, over every other way to find it.</summary>
    public const string Port = "gateway.llm-d.ai/port";

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public const string Scheme = "gateway.llm-d.ai/scheme";

    /// <summary>The engine's name.</summary>
    public const string Engine = "gateway.llm-d.ai/engine";

    /// <summary><c>true</c>: no new requests, running ones go on.</summary>
    public const string Cordon = "gateway.llm-d.ai/cordon";

    /// <summary>Which of an InferencePool's ports are in use, separated by commas, as llm-d's router has it; the second name is its old one.</summary>
    public static readonly string[] ActivePorts = ["llm-d.ai/active-ports", "inference.networking.k8s.io/active-ports"];
}
