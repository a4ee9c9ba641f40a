using BenchmarkDotNet.Attributes;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does a pick cost, by the number of endpoints and by how many of them are gone?</summary>
[MemoryDiagnoser]
public class PickBenchmarks
{
    private readonly List<LiveEndpoint> _tried = [];
    private readonly EndpointPicker _picker = new(new LeastRequestsPolicy());
    private RouteTier[] _tiers = null!;

    [Params(1, 8, 1_000)]
    public int Endpoints { get; set; }

    /// <summary>In percent.</summary>
    [Params(0, 50)]
    public int Gone { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        LiveEndpoint[] endpoints = [.. Enumerable.Range(0, Endpoints).Select(Create)];
        foreach (LiveEndpoint gone in endpoints[..(Endpoints * Gone / 100)])
            gone.ReportUnreachable("Connection refused");
        _tiers = new Route("m", "vllm", RouteSource.Discovered, [new RouteTarget(endpoints, "m")]).Alone;
    }

    [Benchmark]
    public bool Pick() => _picker.TryPick(_tiers, _tried, out _);

    private static LiveEndpoint Create(int number) =>
        EndpointAddress.TryParse($"http://10.0.{number / 250}.{number % 250}:8000", http2: false, out EndpointAddress? address)
            ? new LiveEndpoint(address, TimeProvider.System)
            : throw new InvalidOperationException("The address is written wrong.");
}
