using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Forwarding;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does a token of a stream cost from the engine's bytes to the client's, when each comes alone and is flushed, and when they come in a burst?</summary>
[MemoryDiagnoser]
public class RelayBenchmarks
{
    private const int Tokens = 1000;

    private static readonly byte[] Event = Encoding.ASCII.GetBytes(
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"}}]}\n\n");

    private readonly BenchmarkExchange _held = new();
    private ResponseRelay _relay = null!;

    [Params(false, true)]
    public bool EachAlone { get; set; }

    [GlobalSetup]
    public void SetUp() =>
        _relay = new ResponseRelay(new LastEvents(TimeProvider.System), _held.Metrics, NullLogger<ResponseRelay>.Instance);

    [GlobalCleanup]
    public void CleanUp() => _held.Dispose();

    [Benchmark(OperationsPerInvoke = Tokens)]
    public async Task Token()
    {
        _held.Begin(BenchmarkExchange.NewContext());
        using var answer = new HttpResponseMessage { Content = new StreamContent(new TokenStream(Event, Tokens, EachAlone)) };
        answer.Content.Headers.TryAddWithoutValidation("Content-Type", "text/event-stream");
        if (await _relay.RelayAsync(_held.Exchange, answer, _held.Picked) is { } error)
            throw new InvalidOperationException(error.Message);
        _held.Exchange.Record.End(RequestEnding.Completed, StatusCodes.Status200OK, null);
    }
}
