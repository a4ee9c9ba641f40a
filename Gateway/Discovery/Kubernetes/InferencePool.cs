using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>An InferencePool of <c>inference.networking.k8s.io/v1</c>, as far as the gateway reads it.</summary>
internal sealed class InferencePool : IMetadata<V1ObjectMeta>
{
    public V1ObjectMeta Metadata { get; set; } = new();

    public InferencePoolSpec? Spec { get; init; }
}

internal sealed record InferencePoolSpec
{
    /// <summary>Which pods of the pool's own namespace belong to it.</summary>
    public InferencePoolSelector? Selector { get; init; }

    /// <summary>Each of these ports of each pod is an endpoint of its own.</summary>
    public IReadOnlyList<InferencePoolPort>? TargetPorts { get; init; }

    /// <summary><c>http</c> or, for HTTP/2 in the clear, <c>kubernetes.io/h2c</c>; null means <c>http</c>.</summary>
    public string? AppProtocol { get; init; }
}

internal sealed record InferencePoolSelector
{
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }
}

internal sealed record InferencePoolPort
{
    public int Number { get; init; }
}

/// <summary>A page of them, as the API server writes it.</summary>
internal sealed class InferencePoolList : IMetadata<V1ListMeta>
{
    public V1ListMeta Metadata { get; set; } = new();

    public IList<InferencePool>? Items { get; init; }
}
