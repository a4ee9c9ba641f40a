namespace Gateway.Routing;

/// <summary>The mappings that the configuration in force contains.</summary>
internal interface IConfiguredMappings
{
    IReadOnlyList<Mapping> Current { get; }
}
