using System.Buffers;
using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>What must hold for <c>Gateway:Routing</c> beyond the type of each value.</summary>
internal static class RoutingRules
{
    private static readonly string[] KnownSources = ["body", "header", "query"];

    // What the gateway answers itself; a POST to one of these must never reach an engine.
    private static readonly string[] OwnPaths = ["/v1/models", "/health", "/ready", "/metrics", "/admin", "/dashboard"];

    private static readonly SearchValues<char> NeverInPath = SearchValues.Create("?# *{}");

    /// <exception cref="ConfigurationException">The first rule that is broken.</exception>
    public static void Check(IConfigurationSection section, RoutingOptions routing)
    {
        CheckSources($"{section.Path}:{nameof(routing.Sources)}", routing.Sources);
        for (int i = 0; i < routing.ExtraPaths.Count; i++)
            CheckPath(string.Create(null, $"{section.Path}:{nameof(routing.ExtraPaths)}:{i}"), routing.ExtraPaths[i]);
    }

    private static void CheckSources(string key, string sources)
    {
        string[] names = sources.Split(',', StringSplitOptions.TrimEntries);
        bool known = names.All(name => KnownSources.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (!known || names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Length)
        {
            string allowed = $"a list, separated by commas, of {string.Join(", ", KnownSources)}, each once at most";
            throw ConfigurationException.Value(key, sources, allowed);
        }
    }

    private static void CheckPath(string key, string path)
    {
        if (!path.StartsWith('/') || path.AsSpan().ContainsAny(NeverInPath))
            throw ConfigurationException.Value(key, path, "a path that begins with '/', without a query or a wildcard");

        string trimmed = path.TrimEnd('/');
        if (trimmed.Length == 0 || OwnPaths.Any(own => IsOrIsBelow(trimmed, own)))
        {
            string allowed = $"a path other than the gateway's own: /, {string.Join(", ", OwnPaths)} and what is below these";
            throw ConfigurationException.Value(key, path, allowed);
        }
    }

    private static bool IsOrIsBelow(string path, string parent) =>
        path.StartsWith(parent, StringComparison.OrdinalIgnoreCase) && (path.Length == parent.Length || path[parent.Length] == '/');
}
