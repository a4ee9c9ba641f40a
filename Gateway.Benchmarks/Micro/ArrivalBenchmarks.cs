using System.Buffers;
using BenchmarkDotNet.Attributes;
using Gateway.Peeking;

namespace Gateway.Benchmarks.Micro;

/// <summary>Does time stay linear when a huge string arrives in pieces before <c>model</c>, or when the routing value itself is huge?</summary>
[MemoryDiagnoser]
public class ArrivalBenchmarks
{
    private const int Piece = 64 * 1024;

    private readonly BodyPeek _peek = new();
    private JsonPeeker _peeker = null!;
    private ReadOnlySequence<byte> _hugeMessage;
    private ReadOnlySequence<byte> _hugeModel;

    [Params(1, 4, 16)]
    public int MiB { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _peeker = new JsonPeeker(_peek);
        string huge = new('x', MiB * 1024 * 1024);
        _hugeMessage = ChatBody.InSegments(System.Text.Encoding.UTF8.GetBytes($$"""{"image":"{{huge}}","model":"m"}"""), Piece);
        _hugeModel = ChatBody.InSegments(System.Text.Encoding.UTF8.GetBytes($$"""{"model":"{{huge}}"}"""), Piece);
    }

    [Benchmark(Baseline = true)]
    public bool HugeStringBeforeModel() => Arrive(_hugeMessage);

    [Benchmark]
    public bool HugeModel() => Arrive(_hugeModel);

    private bool Arrive(ReadOnlySequence<byte> body)
    {
        _peek.Reset();
        _peeker.Reset();
        for (long arrived = Piece; arrived < body.Length; arrived += Piece)
            _peeker.Read(body.Slice(_peeker.Position, arrived - _peeker.Position), isFinal: false);
        _peeker.Read(body.Slice(_peeker.Position), isFinal: true);
        return _peeker.IsDone;
    }
}
