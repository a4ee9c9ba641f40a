using k8s.Models;

namespace Gateway.Discovery.Kubernetes;

/// <summary>The engine as an operator or the deployment's author names it.</summary>
internal static class EngineLabels
{
    // llm-d's router reads the first, and read the second before; AIBrix writes the third.
    private static readonly string[] Labels = ["llm-d.ai/engine-type", "inference.networking.k8s.io/engine-type", "model.aibrix.ai/engine"];

    public static string? Read(IMetadata<V1ObjectMeta> resource) =>
        resource.Annotation(DiscoveryAnnotations.Engine) is { Length: > 0 } annotated ? annotated : Read(resource.LabelsOrNone());

    public static string? Read(IReadOnlyDictionary<string, string> labels)
    {
        foreach (string label in Labels)
        {
            if (labels.TryGetValue(label, out string? engine) && engine.Length > 0)
                return engine;
        }

        return null;
    }
}
