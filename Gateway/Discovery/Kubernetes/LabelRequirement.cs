namespace Gateway.Discovery.Kubernetes;

/// <summary>One of the conditions that a <see cref="LabelSelector"/> is made of.</summary>
/// <param name="Key">The label that it is about.</param>
/// <param name="Operator">What is wanted of it.</param>
/// <param name="Values">With which values; empty where only being there counts.</param>
internal sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    /// <summary>Whether only a label that is there can fulfil it.</summary>
    public bool WantsTheLabel => Operator is LabelOperator.In or LabelOperator.Exists;

    public bool Holds(IReadOnlyDictionary<string, string> labels)
    {
        bool isThere = labels.TryGetValue(Key, out string? value);
        return Operator switch
        {
            LabelOperator.Exists => isThere,
            LabelOperator.DoesNotExist => !isThere,
            LabelOperator.In => isThere && Values.Contains(value),
            LabelOperator.NotIn => !isThere || !Values.Contains(value),
            _ => throw new InvalidOperationException($"{Operator} is no operator of label selectors."),
        };
    }
}

internal enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
}
