using System.Globalization;
using BenchmarkDotNet.Attributes;
using Gateway.Forwarding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Benchmarks.Micro;

/// <summary>What does it cost to make the engine's request out of the client's, and the client's head out of the engine's, by the number of fields?</summary>
[MemoryDiagnoser]
public class HeaderBenchmarks
{
    private readonly BenchmarkExchange _held = new();
    private readonly DefaultHttpContext _context = BenchmarkExchange.NewContext();
    private HttpResponseMessage _answer = null!;

    [Params(8, 40)]
    public int Fields { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _context.Request.Headers.ContentType = "application/json";
        _context.Request.Headers.Authorization = "Bearer none";
        _answer = new HttpResponseMessage { Content = new ByteArrayContent([]) };
        for (int i = 2; i < Fields; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"x-field-{i}");
            _context.Request.Headers[name] = "a value of usual length";
            _answer.Headers.TryAddWithoutValidation(name, "a value of usual length");
        }

        _held.Begin(_context);
    }

    [GlobalCleanup]
    public void CleanUp() => _held.Dispose();

    [Benchmark]
    public object ToTheEngine() => UpstreamRequests.Create(_held.Exchange, _held.Picked);

    [Benchmark]
    public int ToTheClient()
    {
        _context.Response.Headers.Clear();
        ResponseHead.Copy(_held.Exchange, _answer, _held.Picked, isEventStream: false, NullLogger.Instance);
        return _context.Response.Headers.Count;
    }
}
