using System.Text.RegularExpressions;

namespace Gateway.Discovery.Kubernetes;

/// <summary>Reads the text of a label selector.</summary>
internal static partial class LabelSelectorSyntax
{
    private const string Forms = "a=b, a!=b, a in (b,c), a notin (b,c), a, !a, joined by commas";

    /// <returns>Null when it is none; <paramref name="problem"/> then says why.</returns>
    public static LabelRequirement[]? Read(string text, out string? problem)
    {
        var requirements = new List<LabelRequirement>();
        foreach (string term in Terms(text))
        {
            if (Requirement(term) is not { } requirement)
            {
                problem = term.Length == 0 ? $"a requirement is empty; each is one of {Forms}" : $"'{term}' is none of {Forms}";
                return null;
            }

            problem = Objection(requirement);
            if (problem is not null)
                return null;
            requirements.Add(requirement);
        }

        problem = null;
        return [.. requirements];
    }

    // Commas stand between requirements, and between the values in parentheses.
    private static IEnumerable<string> Terms(string text)
    {
        int begin = 0;
        bool inValues = false;
        for (int i = 0; i < text.Length; i++)
        {
            inValues = text[i] switch
            {
                '(' => true,
                ')' => false,
                _ => inValues,
            };
            if (text[i] == ',' && !inValues)
            {
                yield return text[begin..i].Trim();
                begin = i + 1;
            }
        }

        yield return text[begin..].Trim();
    }

    private static LabelRequirement? Requirement(string term)
    {
        if (Membership().Match(term) is { Success: true } membership)
        {
            LabelOperator among = membership.Groups["not"].Length > 0 ? LabelOperator.NotIn : LabelOperator.In;
            return new LabelRequirement(membership.Groups["key"].Value, among, membership.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries));
        }

        if (Equality().Match(term) is { Success: true } equality)
        {
            LabelOperator equal = equality.Groups["operator"].Value == "!=" ? LabelOperator.NotIn : LabelOperator.In;
            return new LabelRequirement(equality.Groups["key"].Value, equal, [equality.Groups["value"].Value]);
        }

        return Existence().Match(term) is { Success: true } existence
            ? new LabelRequirement(existence.Groups["key"].Value, existence.Groups["not"].Length > 0 ? LabelOperator.DoesNotExist : LabelOperator.Exists, [])
            : null;
    }

    private static string? Objection(LabelRequirement requirement)
    {
        if (!LabelKey().IsMatch(requirement.Key))
            return $"'{requirement.Key}' is no label key: letters, digits, '-', '_' and '.', with an optional DNS name and a slash before it";
        return requirement.Values.FirstOrDefault(value => !LabelValue().IsMatch(value)) is { } value
            ? $"'{value}' is no label value: at most 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
            : null;
    }

    [GeneratedRegex(@"^(?<key>[^\s!=,()]+)\s+(?<not>not)?in\s*\((?<values>[^()]*)\)$")]
    private static partial Regex Membership();

    [GeneratedRegex(@"^(?<key>[^\s!=,()]+)\s*(?<operator>==|!=|=)\s*(?<value>[^\s!=,()]*)$")]
    private static partial Regex Equality();

    [GeneratedRegex(@"^(?<not>!\s*)?(?<key>[^\s!=,()]+)$")]
    private static partial Regex Existence();

    // Kubernetes' validation.IsQualifiedName and IsValidLabelValue.
    [GeneratedRegex(@"^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex LabelKey();

    [GeneratedRegex(@"^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex LabelValue();
}
