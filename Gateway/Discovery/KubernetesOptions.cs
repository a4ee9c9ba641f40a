using System.ComponentModel.DataAnnotations;

namespace Gateway.Discovery;

/// <summary>Where engines are looked for through the Kubernetes API.</summary>
internal sealed class KubernetesOptions
{
    /// <summary>Left out: true in a cluster, else false.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A kubeconfig file; left out: the pod's own ServiceAccount, or <c>KUBECONFIG</c> and <c>~/.kube/config</c> outside a cluster.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>A context in it; left out: the current one.</summary>
    public string? Context { get; init; }

    /// <summary>Where to look; left out: the gateway's own namespace. <c>*</c> means all.</summary>
    public IList<string> Namespaces { get; init; } = [];

    /// <summary>A label selector for the pods and Services that serve inference.</summary>
    [Required]
    public string Selector { get; init; } = "llm-d.ai/role in (decode,prefill-decode,both,encode-prefill-decode)";

    /// <summary><c>pod</c> dials pods, <c>service</c> the Service in front of them, for meshes that refuse pod addresses.</summary>
    [AllowedValues("pod", "service")]
    public string Address { get; init; } = "pod";

    /// <summary>Whether a pair that several namespaces serve is one route over all of them, instead of the first namespace's.</summary>
    public bool MergeNamespaces { get; init; }

    /// <summary>The ConfigMap in which mappings are kept.</summary>
    [Required]
    public string RoutesConfigMap { get; init; } = "llmd-api-gateway-routes";
}
