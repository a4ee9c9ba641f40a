using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Telemetry;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does counting tokens add to each event of a stream, whether events come one by one or many in a read?</summary>
[MemoryDiagnoser]
public class UsageScannerBenchmarks
{
    private const int EventSize = 200;
    private const int Events = 1000;

    private readonly UsageScanner _scanner = new();
    private readonly byte[] _copy = new byte[4096];
    private byte[] _event = null!;
    private byte[] _piece = null!;

    [Params(1, 20)]
    public int EventsInOneRead { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        string head = "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
        string tail = "\"}}]}\n\n";
        _event = Encoding.ASCII.GetBytes(head + new string('x', EventSize - head.Length - tail.Length) + tail);
        _piece = [.. Enumerable.Repeat(_event, EventsInOneRead).SelectMany(bytes => bytes)];
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public long Scan()
    {
        _scanner.Begin(isEventStream: true);
        for (int i = 0; i < Events; i += EventsInOneRead)
            _scanner.Add(_piece);
        return _scanner.Events;
    }

    /// <summary>The copy that the relay makes of the same bytes anyway.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Events)]
    public void Copy()
    {
        for (int i = 0; i < Events; i += EventsInOneRead)
            _piece.CopyTo(_copy.AsSpan());
    }

    /// <summary>Once for an answer.</summary>
    [Benchmark]
    public long? BeginAndRead()
    {
        _scanner.Begin(isEventStream: true);
        _scanner.Add(_piece);
        _scanner.Add("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"total_tokens\":17,\"completion_tokens\":5}}\n\ndata: [DONE]\n\n"u8);
        return _scanner.Read().Output;
    }
}
