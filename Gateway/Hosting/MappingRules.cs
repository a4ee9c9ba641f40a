using Gateway.Discovery;
using Gateway.Routing;

namespace Gateway.Hosting;

/// <summary>What must hold for <c>Gateway:Mappings</c> beyond the type of each value.</summary>
internal static class MappingRules
{
    /// <param name="section">The same list as <paramref name="mappings"/>, for the names of its keys.</param>
    /// <param name="mappings">As bound.</param>
    /// <exception cref="ConfigurationException">The first rule that is broken.</exception>
    public static void Check(IConfigurationSection section, IEnumerable<MappingOptions> mappings)
    {
        var keyOfPair = new Dictionary<MappingKey, string>();
        foreach ((IConfigurationSection key, MappingOptions mapping) in section.GetChildren().Zip(mappings))
        {
            CheckWhereTo(key.Path, mapping);
            DurationRules.CheckAboveZero(key.GetSection(nameof(mapping.Timeouts)).GetChildren());
            var pair = new MappingKey(mapping.Model, EngineNames.Canonical(mapping.OwnedBy));
            if (!keyOfPair.TryAdd(pair, key.Path))
            {
                throw new ConfigurationException(
                    $"{key.Path} is for '{mapping.Model}' on '{mapping.OwnedBy}'; "
                    + $"allowed is one mapping for a pair, and {keyOfPair[pair]} has it already.");
            }
        }
    }

    private static void CheckWhereTo(string key, MappingOptions mapping)
    {
        CheckOneOf(key, (nameof(mapping.ServiceName), mapping.ServiceName is not null),
            (nameof(mapping.Endpoints), mapping.Endpoints.Count > 0), (nameof(mapping.Targets), mapping.Targets.Count > 0));
        CheckEndpoints(key, mapping.Endpoints);
        for (int i = 0; i < mapping.Targets.Count; i++)
        {
            MappingTargetOptions target = mapping.Targets[i];
            string targetKey = string.Create(null, $"{key}:{nameof(mapping.Targets)}:{i}");
            CheckOneOf(targetKey,
                (nameof(target.ServiceName), target.ServiceName is not null), (nameof(target.Endpoints), target.Endpoints.Count > 0));
            CheckEndpoints(targetKey, target.Endpoints);
        }
    }

    private static void CheckOneOf(string key, params (string Name, bool Given)[] choices)
    {
        string[] given = [.. choices.Where(choice => choice.Given).Select(choice => choice.Name)];
        if (given.Length == 1)
            return;

        string found = given.Length == 0 ? "says not where to" : $"has {string.Join(" and ", given)}";
        string allowed = string.Join(", ", choices.Select(choice => choice.Name));
        throw new ConfigurationException($"{key} {found}; allowed is exactly one of {allowed}.");
    }

    private static void CheckEndpoints(string key, IList<string> endpoints)
    {
        for (int i = 0; i < endpoints.Count; i++)
            EngineRules.CheckUrl(string.Create(null, $"{key}:{nameof(MappingOptions.Endpoints)}:{i}"), endpoints[i]);
    }
}
