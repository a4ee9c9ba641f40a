using k8s.Models;

namespace Gateway.Tests.Discovery.Kubernetes;

/// <summary>Pods as small as a test needs them.</summary>
internal static class TestPods
{
    public const string Namespace = "llm-d";

    public static V1Pod Pod(string name, string @namespace = Namespace, params (string Key, string Value)[] labels) => new()
    {
        Metadata = new V1ObjectMeta
        {
            NamespaceProperty = @namespace,
            Name = name,
            Labels = labels.ToDictionary(label => label.Key, label => label.Value),
        },
        Status = new V1PodStatus { PodIP = "127.0.0.1" },
    };

    public static Task<WatchHarness<V1Pod>> WatchAsync(FakeApiServer api) =>
        WatchHarness<V1Pod>.WatchingAsync(api, resources => resources.Pods(Namespace, null));

    public static int Lists(this FakeApiServer api) => api.Requests.Count(request => request.Verb == "list");

    public static FakeApiRequest[] Watches(this FakeApiServer api) => [.. api.Requests.Where(request => request.Verb == "watch")];

    public static string Version(this FakeApiServer api, string pod) =>
        (string)api.Get("pods", Namespace, pod)!["metadata"]!["resourceVersion"]!;
}
