using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;

namespace Gateway.Hosting;

/// <summary>What must hold for <c>Gateway:Kubernetes</c> beyond the type of each value.</summary>
internal static class KubernetesRules
{
    private const string AllNamespaces = "*";

    /// <exception cref="ConfigurationException">The first rule that is broken.</exception>
    public static void Check(IConfigurationSection section, KubernetesOptions kubernetes)
    {
        if (!LabelSelector.TryParse(kubernetes.Selector, out _, out string? problem))
        {
            throw ConfigurationException.Value(
                $"{section.Path}:{nameof(kubernetes.Selector)}", kubernetes.Selector, $"a label selector as kubectl takes it, but {problem}");
        }

        CheckNamespaces(section.GetSection(nameof(kubernetes.Namespaces)), kubernetes.Namespaces);
        if (kubernetes.Kubeconfig is { } file && !File.Exists(file))
            throw ConfigurationException.Value($"{section.Path}:{nameof(kubernetes.Kubeconfig)}", file, "a file that exists");
    }

    private static void CheckNamespaces(IConfigurationSection section, IList<string> names)
    {
        for (int i = 0; i < names.Count; i++)
        {
            string key = string.Create(null, $"{section.Path}:{i}");
            if (string.IsNullOrWhiteSpace(names[i]))
                throw ConfigurationException.Value(key, names[i], "the name of a namespace, or * for all");
            if (names[i] == AllNamespaces && names.Count > 1)
                throw ConfigurationException.Value(key, names[i], "the name of a namespace; * stands alone");
            if (names.IndexOf(names[i]) < i)
                throw ConfigurationException.Value(key, names[i], "a namespace once");
        }
    }
}
