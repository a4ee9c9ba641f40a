using BenchmarkDotNet.Attributes;
using Gateway.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does an error of the gateway's own cost? A crowd that is turned away must cost less than one that is served.</summary>
[MemoryDiagnoser]
public class ErrorBenchmarks
{
    private readonly DefaultHttpContext _context = BenchmarkExchange.NewContext();

    [Benchmark]
    public Task Write()
    {
        _context.Response.Headers.Clear();
        return ErrorWriter.WriteAsync(_context, ApiDialect.OpenAi, ForwardFailure.Saturated, "The route of 'm' on 'vllm' has all the requests it may have.");
    }
}
