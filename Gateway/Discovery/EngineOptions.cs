using System.ComponentModel.DataAnnotations;

namespace Gateway.Discovery;

/// <summary>One running server to put the gateway in front of.</summary>
internal sealed class EngineOptions
{
    /// <summary><c>http(s)://host[:port]</c>.</summary>
    [Required]
    public string Url { get; init; } = "";

    /// <summary>The engine's name; read from its model cards when left out.</summary>
    public string? OwnedBy { get; init; }

    /// <summary>The models it serves; read from its <c>/v1/models</c> when left out.</summary>
    public IList<string> Models { get; init; } = [];

    /// <summary>Sent to the engine as <c>Authorization: Bearer</c>, on probes too.</summary>
    public string? ApiKey { get; init; }

    /// <summary>A file that holds the key.</summary>
    public string? ApiKeyFile { get; init; }

    /// <summary><c>http</c> for HTTP/1.1, or <c>kubernetes.io/h2c</c> for HTTP/2 in the clear: the values of an InferencePool's <c>appProtocol</c>.</summary>
    [AllowedValues("http", "kubernetes.io/h2c")]
    public string AppProtocol { get; init; } = "http";
}
