using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>An InferencePool of <c>inference.networking.k8s.io/v1</c>, as far as the gateway reads it.</summary>
internal sealed class InferencePool : IKubernetesObject<V1ObjectMeta>
{
    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = "inference.networking.k8s.io/v1";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = "InferencePool";

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public InferencePoolSpec? Spec { get; init; }
}

internal sealed record InferencePoolSpec
{
    /// <summary>Which pods of the pool's own namespace belong to it.</summary>
    [JsonPropertyName("selector")]
    public InferencePoolSelector? Selector { get; init; }

    /// <summary>Each of these ports of each pod is an endpoint of its own.</summary>
    [JsonPropertyName("targetPorts")]
    public IReadOnlyList<InferencePoolPort>? TargetPorts { get; init; }

    /// <summary><c>http</c> or, for HTTP/2 in the clear, <c>kubernetes.io/h2c</c>; null means <c>http</c>.</summary>
    [JsonPropertyName("appProtocol")]
    public string? AppProtocol { get; init; }
}

internal sealed record InferencePoolSelector
{
    [JsonPropertyName("matchLabels")]
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }
}

internal sealed record InferencePoolPort
{
    [JsonPropertyName("number")]
    public int Number { get; init; }
}

/// <summary>A page of them, as the API server writes it.</summary>
internal sealed class InferencePoolList : IMetadata<V1ListMeta>
{
    [JsonPropertyName("metadata")]
    public V1ListMeta Metadata { get; set; } = new();

    [JsonPropertyName("items")]
    public IList<InferencePool>? Items { get; init; }
}
