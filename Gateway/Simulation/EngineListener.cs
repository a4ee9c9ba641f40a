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
/// fraction of a second. A port that is closed stays bound, so that connecting to it is refused and nobody else is given it meanwhile.
/// </summary>
internal sealed class EngineListener : IDisposable
{
    // Kestrel then lets a flush wait until the bytes are with the socket: what was sent before a reset has really left.
    private const int FlushReachesTheSocket = 1;

    // uvicorn's parser takes heads up to this size: a gateway must not be able to blame the simulation for less.
    private const int LargestHeadBytes = 64 * 1024;

    private readonly SimulatedEngineSettings _settings;
    private readonly EngineApplication _application;
    private Socket _bound;
    private KestrelServer? _server;

    public EngineListener(SimulatedEngineSettings settings, EngineApplication application)
    {
        _settings = settings;
        _application = application;
        _bound = Bind(new IPEndPoint(settings.Address, settings.Port));
        Address = (IPEndPoint)_bound.LocalEndPoint!;
    }

    public IPEndPoint Address { get; }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var transport = new SocketTransportOptions
        {
            MaxWriteBufferSize = FlushReachesTheSocket,
            UnsafePreferInlineScheduling = true,
            CreateBoundListenSocket = _ => _bound,
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
    /// <param name="staysBound">
    /// False when the engine ends for good: between closing and binding again the system may give the port to somebody else.
    /// </param>
    public async Task CloseAsync(bool staysBound)
    {
        if (_server is null)
            return;

        // A token that is cancelled from the start leaves no connection time to end.
        await _server.StopAsync(new CancellationToken(canceled: true));
        _server.Dispose();
        _server = null;
        if (staysBound)
            _bound = Bind(Address);
    }

    public void Dispose()
    {
        _server?.Dispose();
        _bound.Dispose();
    }

    private static Socket Bind(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
