namespace Gateway.Discovery.Kubernetes;

/// <summary>Which objects a watch is about.</summary>
/// <param name="Resource">The plural of the kind, as roles write it: <c>pods</c>.</param>
/// <param name="Group">Its API group; empty for the core group.</param>
/// <param name="Namespace">Null for all namespaces.</param>
internal sealed record ResourceQuery(string Resource, string Group, string? Namespace)
{
    /// <summary>Null for all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only the object of this name; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>A role that allows only one <c>resourceNames</c> allows a list and a watch with exactly this selector.</summary>
    public string? FieldSelector => Name is null ? null : $"metadata.name={Name}";

    public override string ToString() => $"{Resource} in {Namespace ?? "all namespaces"}{(Name is null ? "" : $" named {Name}")}";

    /// <summary>In a sentence: <c>pods in namespace 'llm-d'</c>.</summary>
    public string InWords => Namespace is null ? $"{Resource} in all namespaces" : $"{Resource} in namespace '{Namespace}'";

    /// <summary>What a role has to name: <c>'pods'</c>.</summary>
    public string InRole =>
        $"'{Resource}'{(Group.Length == 0 ? "" : $" of API group '{Group}'")}{(Namespace is null ? " in a ClusterRole" : "")}";
}
