using System.Text.RegularExpressions;
using Gateway.Hosting;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Cluster;

/// <summary>Kubernetes objects, read into the API's own models, where a member that the API does not know is an error.</summary>
internal sealed partial class ManifestObjects
{
    /// <summary>Stands for what a variable takes from a Secret.</summary>
    public const string SecretValue = "from-the-secret";

    /// <summary>Kinds that are not of the API server's own: kustomize's, and what an operator adds. KubernetesClient has no model of them.</summary>
    private static readonly string[] KindsWithoutModel = ["Kustomization", "Component", "PodMonitor"];

    private ManifestObjects(IReadOnlyList<IKubernetesObject<V1ObjectMeta>> all) => All = all;

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> All { get; }

    public static ManifestObjects Parse(string yaml) => new(
    [
        .. Separator().Split(yaml)
            .Where(document => !KindsWithoutModel.Contains(Kind().Match(document).Groups["kind"].Value))
            .SelectMany(document => KubernetesYaml.LoadAllFromString(document, strict: true))
            .Cast<IKubernetesObject<V1ObjectMeta>>(),
    ]);

    /// <summary>The one object of the kind with that name.</summary>
    public T Get<T>(string name = "llmd-api-gateway")
        where T : IKubernetesObject<V1ObjectMeta> => Assert.Single(All.OfType<T>(), found => found.Metadata.Name == name);

    /// <summary>Every object as the API would be sent it, in an order that does not depend on who wrote it down.</summary>
    public IEnumerable<string> AsJson() => All.Select(found => KubernetesJson.Serialize(found)).Order(StringComparer.Ordinal);

    /// <summary>What the gateway's pods read from their environment, by the gateway's own reader.</summary>
    public GatewayOptions ReadGatewayOptions()
    {
        IEnumerable<KeyValuePair<string, string?>> variables = Get<V1Deployment>().Spec.Template.Spec.Containers[0].Env
            .Select(variable => KeyValuePair.Create<string, string?>(
                variable.Name.Replace("__", ":", StringComparison.Ordinal), variable.Value ?? SecretValue));
        return GatewayOptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(variables).Build());
    }

    [GeneratedRegex(@"^---\s*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    [GeneratedRegex(@"^kind: (?<kind>\w+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Kind();
}
