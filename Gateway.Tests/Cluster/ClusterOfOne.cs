using Gateway.Simulation;
using Gateway.Tests.Discovery.Kubernetes;
using Gateway.Tests.EndToEnd;
using k8s.Models;

namespace Gateway.Tests.Cluster;

/// <summary>An API server in this process, simulated engines as its pods, and gateways that know of them only through it.</summary>
internal sealed class ClusterOfOne : IAsyncDisposable
{
    public const string Namespace = "llm-d";
    public const string ConfigMap = "llmd-api-gateway-routes";

    /// <summary>What every gateway presents to the API server.</summary>
    public const string Token = "gateway-token";

    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.kubeconfig");
    private readonly List<SimulatedEngine> _engines = [];

    private ClusterOfOne(FakeApiServer api)
    {
        Api = api;
    }

    public FakeApiServer Api { get; }

    /// <summary>What makes a gateway look for engines here.</summary>
    public string[] Arguments => ["--Gateway:Kubernetes:Enabled=true", $"--Gateway:Kubernetes:Kubeconfig={_kubeconfig}"];

    public static async Task<ClusterOfOne> StartAsync()
    {
        var cluster = new ClusterOfOne(await FakeApiServer.StartAsync());
        await File.WriteAllTextAsync(cluster._kubeconfig, $$$"""
            apiVersion: v1
            kind: Config
            current-context: test
            clusters: [{name: test, cluster: {server: "{{{cluster.Api.Url}}}"}}]
            users: [{name: test, user: {token: {{{Token}}}}}]
            contexts: [{name: test, context: {cluster: test, user: test, namespace: {{{Namespace}}}}}]
            """);
        cluster.Api.Put(new V1ConfigMap
        {
            ApiVersion = "v1",
            Kind = "ConfigMap",
            Metadata = new V1ObjectMeta { Name = ConfigMap, NamespaceProperty = Namespace },
        });
        return cluster;
    }

    /// <summary>Starts an engine and a pod around it, labelled as llm-d labels them.</summary>
    public Task<SimulatedEngine> AddPodAsync(string name, string model, string engine) =>
        AddPodAsync(new SimulatedEngineSettings { Name = name, Models = [model], OwnedBy = engine });

    /// <inheritdoc cref="AddPodAsync(string, string, string)"/>
    public async Task<SimulatedEngine> AddPodAsync(SimulatedEngineSettings settings)
    {
        SimulatedEngine started = await SimulatedEngine.StartAsync(settings, TestContext.Current.CancellationToken);
        _engines.Add(started);
        PutPod(settings.Name, started, settings.OwnedBy);
        return started;
    }

    public void PutPod(string name, SimulatedEngine engine, string engineType, bool isReady = true, DateTime? deletedAt = null) => Api.Put(new V1Pod
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = Namespace,
            DeletionTimestamp = deletedAt,
            Labels = new Dictionary<string, string> { ["llm-d.ai/role"] = "decode", ["llm-d.ai/engine-type"] = engineType },
            Annotations = new Dictionary<string, string> { ["gateway.llm-d.ai/port"] = $"{engine.Url.Port}" },
        },
        Spec = new V1PodSpec { Containers = [new V1Container { Name = "modelserver" }] },
        Status = new V1PodStatus
        {
            PodIP = "127.0.0.1",
            Conditions = [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }],
        },
    });

    public Task<TestGateway> StartGatewayAsync() => StartGatewayAsync(TimeProvider.System);

    /// <param name="clock">Its watches, probes and drain go by it.</param>
    /// <param name="arguments">As on the command line.</param>
    public Task<TestGateway> StartGatewayAsync(TimeProvider clock, params string[] arguments) => TestGateway.StartAsync(
        clock, [.. Arguments, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        foreach (SimulatedEngine engine in _engines)
            await engine.DisposeAsync();
        await Api.DisposeAsync();
        File.Delete(_kubeconfig);
    }
}
