using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Forwarding;

/// <summary>Builds the one HTTP client that all requests to engines share; its pool is keyed by address, so each endpoint has its own connections.</summary>
internal static class UpstreamClient
{
    // uvicorn, which vLLM and SGLang run on, closes a kept-alive connection after 5 s; one that we close first is never found closed.
    private static readonly TimeSpan IdleConnections = TimeSpan.FromSeconds(4);

    // Only names (static engines, Services) need it: a connection by address cannot point to the wrong place.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static HttpMessageInvoker Create(TimeSpan connectTimeout)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = connectTimeout,
            PooledConnectionIdleTimeout = IdleConnections,
            PooledConnectionLifetime = ConnectionLifetime,
            EnableMultipleHttp2Connections = true,

            // An answer that is given up closes its connection at once: the default reads on for 2 s while the engine generates for no one.
            ResponseDrainTimeout = TimeSpan.Zero,

            // Header values are bytes that pass through; Latin-1 is the encoding that keeps every one (RFC 9110 §5.5).
            RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
            ConnectCallback = ConnectAsync,
        };
        return new HttpMessageInvoker(handler);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);

            // HTTP/2 reads all the time, so that the handler knows of an end at once, and carries many requests.
            return context.InitialRequestMessage.Version.Major == 2
                ? new NetworkStream(socket, ownsSocket: true)
                : new UpstreamConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
