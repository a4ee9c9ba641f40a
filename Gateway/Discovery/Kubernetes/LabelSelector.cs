using System.Diagnostics.CodeAnalysis;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Which objects are meant, by their labels, in the syntax of <c>kubectl --selector</c>. Immutable.</summary>
internal sealed class LabelSelector
{
    private readonly LabelRequirement[] _requirements;

    private LabelSelector(LabelRequirement[] requirements) => _requirements = requirements;

    /// <param name="text"><c>a=b</c>, <c>a==b</c>, <c>a!=b</c>, <c>a in (b,c)</c>, <c>a notin (b,c)</c>, <c>a</c>, <c>!a</c>; commas mean "and".</param>
    /// <param name="selector">What it says.</param>
    /// <param name="problem">What is wrong with it, when it is no selector.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? problem)
    {
        selector = LabelSelectorSyntax.Read(text, out problem) is { } requirements ? new LabelSelector(requirements) : null;
        return selector is not null;
    }

    /// <exception cref="FormatException">It is no selector.</exception>
    public static LabelSelector Parse(string text) =>
        TryParse(text, out LabelSelector? selector, out string? problem) ? selector : throw new FormatException(problem);

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        // Asked for every pod whenever one changes: without a closure.
        foreach (LabelRequirement requirement in _requirements)
        {
            if (!requirement.Holds(labels))
                return false;
        }

        return true;
    }

    /// <summary>Whether a label that is there says otherwise. Labels that are missing contradict nothing.</summary>
    public bool Contradicts(IReadOnlyDictionary<string, string> labels) =>
        Array.Exists(_requirements, requirement => labels.ContainsKey(requirement.Key) && !requirement.Holds(labels));

    /// <summary>Whether some of the labels wanted are there, and none says otherwise: a Service's selector need not name them all.</summary>
    public bool IsMetInPartBy(IReadOnlyDictionary<string, string> labels) =>
        !Contradicts(labels) && Array.Exists(_requirements, requirement => requirement.WantsTheLabel && labels.ContainsKey(requirement.Key));
}
