namespace Gateway.Routing;

/// <summary>The mappings that stand in the configuration.</summary>
internal interface IConfiguredMappings
{
    /// <summary>As of the last reload: an immutable list, one mapping per pair.</summary>
    IReadOnlyList<Mapping> Current { get; }
}
