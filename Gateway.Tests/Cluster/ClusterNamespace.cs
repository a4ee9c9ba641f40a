using System.Net;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>
/// A namespace of a real cluster, deleted at the end, with simulated engines of this process as its pods: objects bound to a node that does not
/// exist, whose status is written by the test. So it does not matter whether the cluster has nodes that run pods.
/// </summary>
internal sealed class ClusterNamespace : IAsyncDisposable
{
    private const string NoNode = "no-such-node";
    private const string RoutesConfigMap = "llmd-api-gateway-routes";

    private readonly IKubernetes _client;
    private readonly string _kubeconfig;
    private readonly List<SimulatedEngine> _engines = [];

    private ClusterNamespace(IKubernetes client, string kubeconfig, string name)
    {
        _client = client;
        _kubeconfig = kubeconfig;
        Name = name;
    }

    public string Name { get; }

    public static async Task<ClusterNamespace> CreateAsync(RealCluster cluster)
    {
        IKubernetes client = cluster.CreateClient();
        var created = new ClusterNamespace(client, cluster.Kubeconfig, $"gateway-test-{Guid.NewGuid():N}"[..30]);
        CancellationToken ct = TestContext.Current.CancellationToken;
        await client.CoreV1.CreateNamespaceAsync(new V1Namespace { Metadata = new V1ObjectMeta { Name = created.Name } }, cancellationToken: ct);
        await client.CoreV1.CreateNamespacedConfigMapAsync(
            new V1ConfigMap { Metadata = new V1ObjectMeta { Name = RoutesConfigMap } }, created.Name, cancellationToken: ct);
        await created.EnsureDefaultAccountAsync(ct);
        return created;
    }

    /// <summary>Starts an engine and a Ready pod around it, labelled as llm-d labels its own.</summary>
    public async Task<SimulatedEngine> AddPodAsync(string name, string model, string engineType)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Name = name, Models = [model], OwnedBy = engineType }, ct);
        _engines.Add(engine);
        await _client.CoreV1.CreateNamespacedPodAsync(
            new V1Pod
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    Labels = new Dictionary<string, string> { ["llm-d.ai/role"] = "decode", ["llm-d.ai/engine-type"] = engineType },
                    Annotations = new Dictionary<string, string> { ["gateway.llm-d.ai/port"] = $"{engine.Url.Port}" },
                },
                Spec = new V1PodSpec
                {
                    NodeName = NoNode,
                    AutomountServiceAccountToken = false,
                    TerminationGracePeriodSeconds = 0,
                    Containers = [new V1Container { Name = "modelserver", Image = "simulated" }],
                },
            },
            Name,
            cancellationToken: ct);
        await SetReadyAsync(name, isReady: true);
        return engine;
    }

    public Task SetReadyAsync(string pod, bool isReady)
    {
        string status = $$$"""
            {"status":{"phase":"Running","podIP":"127.0.0.1","podIPs":[{"ip":"127.0.0.1"}],
             "conditions":[{"type":"Ready","status":"{{{(isReady ? "True" : "False")}}}"}]}}
            """;
        return _client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(status, V1Patch.PatchType.StrategicMergePatch), pod, Name, cancellationToken: TestContext.Current.CancellationToken);
    }

    public Task DeletePodAsync(string pod) => _client.CoreV1.DeleteNamespacedPodAsync(
        pod, Name, gracePeriodSeconds: 0, cancellationToken: TestContext.Current.CancellationToken);

    public Task<TestGateway> StartGatewayAsync() => TestGateway.StartWithAsync(
        "--Gateway:Kubernetes:Enabled=true", $"--Gateway:Kubernetes:Kubeconfig={KubeconfigOf()}");

    public async ValueTask DisposeAsync()
    {
        foreach (SimulatedEngine engine in _engines)
            await engine.DisposeAsync();
        await _client.CoreV1.DeleteNamespaceAsync(Name);
        _client.Dispose();
        File.Delete(OwnKubeconfig);
    }

    // A controller makes it sooner or later, where one runs; without it no pod may be made.
    private async Task EnsureDefaultAccountAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.CoreV1.CreateNamespacedServiceAccountAsync(
                new V1ServiceAccount { Metadata = new V1ObjectMeta { Name = "default" } }, Name, cancellationToken: cancellationToken);
        }
        catch (HttpOperationException refused) when (refused.Response.StatusCode == HttpStatusCode.Conflict)
        {
            // It has been sooner.
        }
    }

    private string OwnKubeconfig => Path.Combine(Path.GetTempPath(), $"{Name}.kubeconfig");

    // The gateway's own namespace is the one of the context.
    private string KubeconfigOf()
    {
        var config = KubernetesClientConfiguration.LoadKubeConfig(_kubeconfig);
        foreach (var context in config.Contexts.Where(context => context.Name == config.CurrentContext))
            context.ContextDetails.Namespace = Name;
        File.WriteAllText(OwnKubeconfig, KubernetesYaml.Serialize(config));
        return OwnKubeconfig;
    }
}
