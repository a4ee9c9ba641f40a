using System.ComponentModel.DataAnnotations;

namespace Gateway.Admin;

/// <summary>Where mappings made through the admin API are kept outside a cluster.</summary>
internal sealed class StateOptions
{
    /// <summary>A JSON file; relative to the working directory.</summary>
    [Required]
    public string Path { get; init; } = "data/routes.json";
}
