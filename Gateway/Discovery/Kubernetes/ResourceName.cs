namespace Gateway.Discovery.Kubernetes;

/// <summary>Names one object among those of its kind.</summary>
internal readonly record struct ResourceName(string Namespace, string Name)
{
    public override string ToString() => $"{Namespace}/{Name}";
}
