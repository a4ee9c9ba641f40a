using System.Net.Sockets;
using System.Text;
using BenchmarkDotNet.Attributes;
using Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

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
    private WebApplication _gateway = null!;
    private Socket _client = null!;
    private byte[] _request = null!;

    [Params(1024, 64 * 1024)]
    public int BodySize { get; set; }

    [GlobalSetup]
    public async Task SetUp()
    {
        _engine = new CannedEngine("application/json", new string('x', 500));
        WebApplicationBuilder builder = GatewayBuilder.Create(Hosting.CommandLine.Parse(["--urls=http://127.0.0.1:0", $"--engine={_engine.Url}"]));
        builder.AddGateway(GatewayOptionsReader.Read(builder.Configuration), keepsMappings: false);
        builder.Logging.ClearProviders();
        _gateway = builder.Build();
        _gateway.UseGateway();
        await _gateway.StartAsync();
        await _gateway.Services.GetRequiredService<Discovery.IDiscovery>().DiscoverAsync(CancellationToken.None);

        byte[] body = ChatBody.Create(BodySize, modelFirst: false);
        _request =
        [
            .. Encoding.ASCII.GetBytes(
                $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nAuthorization: Bearer none\r\n" +
                $"User-Agent: bench\r\nAccept: application/json\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body,
        ];
        var url = new Uri(_gateway.Urls.First());
        _client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _client.ConnectAsync(url.Host, url.Port);
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
