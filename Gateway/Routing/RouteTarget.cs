using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Routing;

/// <summary>Endpoints that are asked for one model name. Immutable.</summary>
internal sealed class RouteTarget
{
    // Engines read UTF-8; a name is spliced into the body as a person would have written it.
    private static readonly JsonSerializerOptions Unescaped = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public RouteTarget(IReadOnlyList<Endpoint> endpoints, string model, int weight = 1)
    {
        Endpoints = [.. endpoints];
        Model = model;
        Weight = weight;
        ModelUtf8 = Encoding.UTF8.GetBytes(model);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(model, Unescaped);
        ModelJson = json;
        ModelMember = (byte[])[.. "\"model\":"u8, .. json];
    }

    public Endpoint[] Endpoints { get; }

    /// <summary>The name that these endpoints know the model by.</summary>
    public string Model { get; }

    public int Weight { get; }

    /// <summary><see cref="Model"/> as a JSON string with its quotes: replaces the value in a body.</summary>
    public ReadOnlyMemory<byte> ModelJson { get; }

    /// <summary><c>"model":"…"</c>: is inserted into a body that has no such member.</summary>
    public ReadOnlyMemory<byte> ModelMember { get; }

    /// <summary><see cref="Model"/> as the value of a form field.</summary>
    public ReadOnlyMemory<byte> ModelUtf8 { get; }
}
