using System.Net;
using System.Net.Sockets;
using Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Tests.Hosting;

/// <summary>A server on loopback with the hosting of the gateway and a clock that stands still. <c>/stream</c> stays open until it may end.</summary>
internal sealed class DrainingServer : IAsyncDisposable
{
    private readonly TaskCompletionSource _streamMayEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _application;

    private DrainingServer(HttpProtocols protocols)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = protocols));
        builder.Services.AddSingleton<TimeProvider>(Clock);
        builder.Services.AddHosting(new GatewayOptions());
        _application = builder.Build();
        Drain = _application.Services.GetRequiredService<DrainState>();
        Lifetime = (DrainingLifetime)_application.Services.GetRequiredService<IHostLifetime>();
        _application.Run(AnswerAsync);
    }

    public ManualClock Clock { get; } = new();

    public DrainState Drain { get; }

    public DrainingLifetime Lifetime { get; }

    public static async Task<DrainingServer> StartAsync(HttpProtocols protocols, CancellationToken cancellationToken)
    {
        var server = new DrainingServer(protocols);
        await server._application.StartAsync(cancellationToken);
        return server;
    }

    public async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(_application.Urls.Single()).Port, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public void LetStreamsEnd() => _streamMayEnd.TrySetResult();

    /// <summary>Completes when the process would end.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken) => _application.WaitForShutdownAsync(cancellationToken);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Drain.EnterRequest();
        try
        {
            Drain.AnnounceClose(context);
            await context.Response.WriteAsync("begun", context.RequestAborted);
            if (context.Request.Path == "/stream")
                await _streamMayEnd.Task.WaitAsync(context.RequestAborted);
        }
        finally
        {
            Drain.LeaveRequest();
        }
    }
}
