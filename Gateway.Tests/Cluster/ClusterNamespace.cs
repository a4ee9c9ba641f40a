using System.Net;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;
using k8s;
using k8s.Autorest;
using k8s.KubeConfigModels;
using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>
/// A namespace of a real cluster, deleted at the end, with simulated engines of this process as its pods: objects bound to a node that does not
/// exist, whose status is written by the test: no kubelet writes over it, so that it does not matter whether the cluster has nodes. What collects
/// orphaned pods deletes them only when it has missed their node for 40 s.
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
        try
        {
            await client.CoreV1.CreateNamespacedConfigMapAsync(
                new V1ConfigMap { Metadata = new V1ObjectMeta { Name = RoutesConfigMap } }, created.Name, cancellationToken: ct);
            await created.EnsureDefaultAccountAsync(ct);
            return created;
        }
        catch
        {
            await created.DisposeAsync();
            throw;
        }
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

    /// <summary>Starts an engine on an address that the API server takes for an endpoint's, which loopback ones are not, and a Service that leads to it.</summary>
    public async Task<SimulatedEngine> AddServiceAsync(string name, string model, string engineType, IPAddress address)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        SimulatedEngine engine = await SimulatedEngine.StartAsync(
            new() { Name = name, Models = [model], OwnedBy = engineType, Address = address }, ct);
        _engines.Add(engine);
        var labels = new Dictionary<string, string> { ["llm-d.ai/role"] = "decode", ["llm-d.ai/engine-type"] = engineType };

        // Without a selector nobody but the test writes its slice.
        await _client.CoreV1.CreateNamespacedServiceAsync(
            new V1Service
            {
                Metadata = new V1ObjectMeta { Name = name, Labels = labels },
                Spec = new V1ServiceSpec { ClusterIP = "None", Ports = [new V1ServicePort { Name = "http", Port = 8000 }] },
            },
            Name,
            cancellationToken: ct);
        await _client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(
            new V1EndpointSlice
            {
                Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = name } },
                AddressType = "IPv4",
                Ports = [new Discoveryv1EndpointPort { Name = "http", Port = engine.Url.Port, Protocol = "TCP" }],
                Endpoints = [new V1Endpoint { Addresses = [$"{address}"], Conditions = new V1EndpointConditions { Ready = true } }],
            },
            Name,
            cancellationToken: ct);
        return engine;
    }

    /// <summary>As when the Service is scaled to zero: what is left is a slice of nothing.</summary>
    public Task EmptySliceAsync(string service) => _client.DiscoveryV1.PatchNamespacedEndpointSliceAsync(
        new V1Patch("""{"endpoints":[]}""", V1Patch.PatchType.MergePatch), service, Name, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Writes a key of the ConfigMap of mappings as kubectl would.</summary>
    public Task EditMappingsAsync(string key, string value) => _client.CoreV1.PatchNamespacedConfigMapAsync(
        new V1Patch(new V1ConfigMap { Data = new Dictionary<string, string> { [key] = value } }, V1Patch.PatchType.MergePatch),
        RoutesConfigMap,
        Name,
        cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Makes the ServiceAccount of the manifests, with their Role and nothing else, and a token of it.</summary>
    public async Task<string> CreateAccountAsync(ManifestObjects manifests)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        V1ServiceAccount account = manifests.Get<V1ServiceAccount>();
        await _client.CoreV1.CreateNamespacedServiceAccountAsync(account, Name, cancellationToken: ct);
        await _client.RbacAuthorizationV1.CreateNamespacedRoleAsync(manifests.Get<V1Role>(), Name, cancellationToken: ct);
        await _client.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(manifests.Get<V1RoleBinding>(), Name, cancellationToken: ct);

        // No audience means the API server itself.
        Authenticationv1TokenRequest answer = await _client.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            new Authenticationv1TokenRequest { Spec = new V1TokenRequestSpec { Audiences = [], ExpirationSeconds = 3600 } },
            account.Metadata.Name,
            Name,
            cancellationToken: ct);
        return answer.Status.Token;
    }

    public Task<TestGateway> StartGatewayAsync() => StartGatewayAsync(ChooseNamespace);

    /// <summary>Starts a gateway that may do what the token's owner may.</summary>
    public Task<TestGateway> StartGatewayAsync(string token) => StartGatewayAsync(config =>
    {
        ChooseNamespace(config);
        foreach (User user in config.Users)
            user.UserCredentials = new UserCredentials { Token = token };
    });

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

    private Task<TestGateway> StartGatewayAsync(Action<K8SConfiguration> change)
    {
        var config = KubernetesClientConfiguration.LoadKubeConfig(_kubeconfig);
        change(config);
        File.WriteAllText(OwnKubeconfig, KubernetesYaml.Serialize(config));
        return TestGateway.StartWithAsync("--Gateway:Kubernetes:Enabled=true", $"--Gateway:Kubernetes:Kubeconfig={OwnKubeconfig}");
    }

    // The gateway's own namespace is the one of the context.
    private void ChooseNamespace(K8SConfiguration config)
    {
        foreach (Context context in config.Contexts.Where(context => context.Name == config.CurrentContext))
            context.ContextDetails.Namespace = Name;
    }
}
