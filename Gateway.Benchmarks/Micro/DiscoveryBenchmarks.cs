using BenchmarkDotNet.Attributes;
using Gateway.Admin;
using Gateway.Benchmarks.Churn;
using Gateway.Discovery;
using Gateway.Discovery.Kubernetes;
using Gateway.Routing;
using k8s;
using k8s.Models;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does it cost that one pod of a thousand changes: to read what the API server says of it, and to make the next route table?</summary>
[MemoryDiagnoser]
public class DiscoveryBenchmarks
{
    private const int Pods = 1000;

    private readonly ListedObjects<V1Pod> _pods = new();
    private ServiceProvider _services = null!;
    private RouteTableMaintainer _maintainer = null!;
    private string _json = null!;
    private int _changes;

    [GlobalSetup]
    public void SetUp()
    {
        _json = Json(0, isReady: true);
        for (int number = 0; number < Pods; number++)
            _pods.Put(Read(Json(number, isReady: true)));

        var scope = new WatchedScope(
            PodJson.Namespace,
            _pods,
            new ListedObjects<V1Service>(),
            new ListedObjects<V1EndpointSlice>(),
            new ListedObjects<InferencePool>(),
            _ => Task.CompletedTask);
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(new StillClock())
            .AddSingleton<IMappingStore>(new MemoryMappingStore())
            .AddDiscovery()
            .AddKubernetesDiscovery(new KubernetesOptions(), PodJson.Namespace, _ => [scope])
            .BuildServiceProvider();
        _maintainer = _services.GetRequiredService<RouteTableMaintainer>();
        MakeTable();
        if (_services.GetRequiredService<RouteTableHolder>().Current.Routes.Single().Targets.Single().Endpoints.Length < Pods - 1)
            throw new InvalidOperationException("Not every pod has become an endpoint.");
    }

    [GlobalCleanup]
    public void CleanUp() => _services.Dispose();

    [Benchmark]
    public object ReadPod() => Read(_json);

    /// <summary>With the reading of the pod.</summary>
    [Benchmark]
    public void MakeTable()
    {
        // One ceases to be ready, or becomes so again.
        _pods.Put(Read(Json(_changes / 2 % Pods, isReady: _changes++ % 2 == 1)));
        _maintainer.Apply([], [], []);
    }

    // Nobody listens there: each is asked for its models once, in vain, and serves what its command line says.
    private static string Json(int number, bool isReady) => PodJson.Of(number, port: 9, isReady, version: 1, ip: $"127.1.{number / 250}.{(number % 250) + 1}");

    private static V1Pod Read(string json) => KubernetesJson.Deserialize<V1Pod>(json);
}
