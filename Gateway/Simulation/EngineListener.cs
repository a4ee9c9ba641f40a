using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Gateway.Simulation;

/// <summary>
/// The port of one engine. Kestrel without a host around it: no configuration, no services, no logging, so that a hundred engines start in a
/// fraction of a second. A second socket, which never listens, holds the port: connecting to a closed one is refused, and nobody else is given it.
/// </summary>
internal sealed class EngineListener : IDisposable
{
    // Kestrel then lets a flush wait until the bytes are with the socket: what was sent before a reset has really left.
    private const int FlushReachesTheSocket = 1;

    // uvicorn's parser takes heads up to this size: a gateway must not be able to blame the simulation for less.
    private const int LargestHeadBytes = 64 * 1024;

    private readonly SimulatedEngineSettings _settings;
    private readonly EngineApplication _application;
    private readonly Socket _holder;
    private KestrelServer? _server;

    public EngineListener(SimulatedEngineSettings settings, EngineApplication application)
    {
        _settings = settings;
        _application = application;
        _holder = Bind(new IPEndPoint(settings.Address, settings.Port), shares: false);
        Address = (IPEndPoint)_holder.LocalEndPoint!;

        // Only now: an address that somebody else has must stay refused.
        Share(_holder);
    }

    public IPEndPoint Address { get; }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var transport = new SocketTransportOptions
        {
            MaxWriteBufferSize = FlushReachesTheSocket,
            UnsafePreferInlineScheduling = true,
            CreateBoundListenSocket = _ => Bind(Address, shares: true),
        };
        var kestrel = new KestrelServerOptions { AddServerHeader = false, RequestHeaderEncodingSelector = _ => Encoding.Latin1 };
        kestrel.Limits.KeepAliveTimeout = _settings.KeepAliveTimeout;
        kestrel.Limits.MaxRequestLineSize = LargestHeadBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeadBytes;

        // An engine takes what it is given, as slowly as it comes.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(Address, listen => listen.Protocols = _settings.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1);

        _server = new KestrelServer(
            Options.Create(kestrel),
            new SocketTransportFactory(Options.Create(transport), NullLoggerFactory.Instance),
            NullLoggerFactory.Instance);
        await _server.StartAsync(_application, cancellationToken);
    }

    /// <summary>Closes the port and aborts every connection; returns once all of them are gone.</summary>
    public async Task CloseAsync()
    {
        if (_server is null)
            return;

        // A token that is cancelled from the start leaves no connection time to end.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        _server = null;
    }

    public void Dispose()
    {
        _server?.Dispose();
        _holder.Dispose();
    }

    private static Socket Bind(IPEndPoint address, bool shares)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            if (shares)
                Share(socket);
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // SO_REUSEPORT, on Unix: sockets of one user that all say so may have the same address; who asks for a free port is still not given it.
    private static void Share(Socket socket) => socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
}
