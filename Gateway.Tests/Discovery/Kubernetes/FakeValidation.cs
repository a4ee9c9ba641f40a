using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>What the API server makes of an object before it stores it.</summary>
internal static partial class FakeValidation
{
    private const int ConfigMapBytes = 1024 * 1024;

    public static void Prepare(FakeKind kind, JsonObject resource)
    {
        resource["apiVersion"] = kind.ApiVersion;
        resource["kind"] = kind.Name;
        if (kind.Name == "ConfigMap")
            CheckConfigMap(kind, resource);

        // Go writes empty lists of these two as null, and clients meet it whenever a Service has no pods.
        if (kind.Name == "EndpointSlice")
        {
            resource["endpoints"] = resource["endpoints"]?.DeepClone();
            resource["ports"] = resource["ports"]?.DeepClone();
        }
    }

    private static void CheckConfigMap(FakeKind kind, JsonObject resource)
    {
        string name = (string)resource["metadata"]!["name"]!;
        int size = 0;
        foreach ((string key, JsonNode? value) in resource["data"] as JsonObject ?? [])
        {
            if (!ConfigKey().IsMatch(key))
            {
                throw FakeStatusException.Invalid(
                    kind,
                    name,
                    $"data[{key}]: Invalid value: \"{key}\": a valid config key must consist of alphanumeric characters, '-', '_' or '.'");
            }

            size += Encoding.UTF8.GetByteCount((string)value!);
        }

        if (size > ConfigMapBytes)
            throw FakeStatusException.Invalid(kind, name, $"[]: Too long: may not be more than {ConfigMapBytes} bytes");
    }

    [GeneratedRegex(@"\A[-._a-zA-Z0-9]{1,253}\z")]
    private static partial Regex ConfigKey();
}
