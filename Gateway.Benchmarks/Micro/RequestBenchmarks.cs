using System.Net.Sockets;
using BenchmarkDotNet.Attributes;

namespace Gateway.Benchmarks.Micro;

/// <summary>
/// What does one request cost from socket to socket, and how many bytes does the whole process allocate for it? Client and engine are blocking
/// sockets that allocate nothing, so the time is that of a lone request with all its waits, and the bytes are the gateway's.
/// </summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private readonly byte[] _received = new byte[64 * 1024];
    private CannedEngine _engine = null!;
    private BenchmarkGateway _gateway = null!;
    private Socket _client = null!;
    private byte[] _request = null!;

    [Params(1024, 64 * 1024)]
    public int BodySize { get; set; }

    [GlobalSetup]
    public async Task SetUp()
    {
        _engine = new CannedEngine("application/json", new string('x', 500));
        _gateway = await BenchmarkGateway.StartAsync(_engine.Url);
        _request = BenchmarkGateway.ChatRequest(ChatBody.Create(BodySize, modelFirst: false));
        _client = _gateway.Connect();
        if (Request() < 500)
            throw new InvalidOperationException("The answer is too short to be the engine's.");
    }

    [GlobalCleanup]
    public async Task CleanUp()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
        _engine.Dispose();
    }

    [Benchmark]
    public int Request()
    {
        _client.Send(_request);
        int length = 0;
        while (true)
        {
            length += _client.Receive(_received.AsSpan(length));
            int head = _received.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && length >= head + 4 + 500)
                return length;
        }
    }
}
