using System.Net.Sockets;
using System.Text;
using Gateway.Discovery;
using Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks.Micro;

/// <summary>The whole gateway in this process, in front of one engine, and sockets to talk to it.</summary>
internal sealed class BenchmarkGateway : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BenchmarkGateway(WebApplication app)
    {
        _app = app;
    }

    public static async Task<BenchmarkGateway> StartAsync(string engineUrl)
    {
        WebApplicationBuilder builder = GatewayBuilder.Create(Hosting.CommandLine.Parse(["--urls=http://127.0.0.1:0", $"--engine={engineUrl}"]));
        builder.AddGateway(GatewayOptionsReader.Read(builder.Configuration), keepsMappings: false);
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.UseGateway();
        await app.StartAsync();
        await app.Services.GetRequiredService<IDiscovery>().DiscoverAsync(CancellationToken.None);
        return new BenchmarkGateway(app);
    }

    /// <summary>A chat request as a client library sends it.</summary>
    public static byte[] ChatRequest(byte[] body) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nAuthorization: Bearer none\r\n" +
            $"User-Agent: bench\r\nAccept: application/json\r\nContent-Length: {body.Length}\r\n\r\n"),
        .. body,
    ];

    public Socket Connect()
    {
        var url = new Uri(_app.Urls.First());
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(url.Host, url.Port);
        return socket;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
