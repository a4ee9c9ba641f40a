namespace Gateway.Discovery;

/// <summary>Discovery through the Kubernetes API.</summary>
internal sealed class KubernetesOptions
{
    /// <summary>Only <c>false</c>: discovery through the Kubernetes API is not part of this version.</summary>
    public bool Enabled { get; init; }
}
