using System.Buffers;
using BenchmarkDotNet.Attributes;
using Gateway.Peeking;
using Gateway.Picking;
using Gateway.Routing;

namespace Gateway.Benchmarks.Micro;

/// <summary>What do the splice plan and the route look-up cost for a chat request of 2 KB, by the number of routes?</summary>
[MemoryDiagnoser]
public class RouteBenchmarks
{
    private readonly BodyPeek _peek = new();
    private readonly SplicePlan _plan = new();
    private RouteTable _table = null!;
    private RouteTarget _target = null!;

    [Params(10, 1_000, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        LiveEndpoint[] endpoints = [.. Enumerable.Range(1, 8).Select(host =>
            EndpointAddress.TryParse($"http://10.0.0.{host}:8000", http2: false, out EndpointAddress? address)
                ? new LiveEndpoint(address, TimeProvider.System)
                : throw new InvalidOperationException("The address is written wrong."))];
        IEnumerable<Route> others = Enumerable.Range(1, Routes - 1).Select(number =>
            new Route($"org/model-{number}", "vllm", RouteSource.Discovered, [new RouteTarget(endpoints, $"org/model-{number}")]));
        const string Model = "meta-llama/Llama-3.2-1B-Instruct";
        _target = new RouteTarget(endpoints, Model);
        _table = new RouteTable(others.Append(new Route(Model, "vllm", RouteSource.Discovered, [_target])), []);

        var peeker = new JsonPeeker(_peek);
        peeker.Reset();
        peeker.Read(new ReadOnlySequence<byte>(ChatBody.Create(2048, modelFirst: false)), isFinal: true);
    }

    [Benchmark]
    public bool LookUp() => Match().Outcome == RouteOutcome.Found;

    [Benchmark]
    public long PlanSplice()
    {
        _plan.PlanJson(_peek, _target.Model, _target.ModelJson, _target.ModelMember);
        return _plan.LengthChange;
    }

    private RouteMatch Match() => _table.Match(_peek.Model.Span, _peek.Text(RoutingField.OwnedBy).Span, modelSuffix: false);
}
