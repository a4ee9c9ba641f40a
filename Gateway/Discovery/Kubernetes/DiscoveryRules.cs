namespace Gateway.Discovery.Kubernetes;

/// <summary>What the configuration says about discovery through the Kubernetes API.</summary>
/// <param name="Selector"><c>Kubernetes:Selector</c>.</param>
/// <param name="DialsServices">Whether <c>Kubernetes:Address</c> is <c>service</c>.</param>
/// <param name="OwnNamespace">The gateway's own: what a mapping means that names none.</param>
internal sealed record DiscoveryRules(LabelSelector Selector, bool DialsServices, string OwnNamespace);
