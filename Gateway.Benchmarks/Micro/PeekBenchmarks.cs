using System.Buffers;
using BenchmarkDotNet.Attributes;
using Gateway.Peeking;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does it cost to find out what a body asks for, by its size, its segments, and where <c>model</c> stands?</summary>
[MemoryDiagnoser]
public class PeekBenchmarks
{
    private const int KestrelSegment = 4096;

    private readonly BodyPeek _peek = new();
    private JsonPeeker _peeker = null!;
    private ReadOnlySequence<byte> _body;

    [Params(2 * 1024, 64 * 1024, 1024 * 1024)]
    public int Size { get; set; }

    [Params(true, false)]
    public bool ModelFirst { get; set; }

    [Params(KestrelSegment, int.MaxValue)]
    public int SegmentSize { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _peeker = new JsonPeeker(_peek);
        _body = ChatBody.InSegments(ChatBody.Create(Size, ModelFirst), SegmentSize);
        if (!Peek() || _peek.Model.IsEmpty)
            throw new InvalidOperationException("The body was not peeked: the figures would be those of a refusal.");
    }

    [Benchmark]
    public bool Peek()
    {
        _peek.Reset();
        _peeker.Reset();
        _peeker.Read(_body, isFinal: true);
        return _peeker.IsDone;
    }
}
