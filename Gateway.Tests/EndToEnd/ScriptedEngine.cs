using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>
/// An engine that says on the wire, byte for byte, what a test tells it to. It answers the probe of <c>/v1/models</c> by itself; every other
/// request goes to the script, together with its connection.
/// </summary>
internal sealed class ScriptedEngine : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<RawConnection, string, Task> _script;
    private readonly string _models;
    private readonly Task _accepting;

    private ScriptedEngine(string model, string ownedBy, Func<RawConnection, string, Task> script)
    {
        _script = script;
        _models = $$"""{"object":"list","data":[{"id":"{{model}}","object":"model","owned_by":"{{ownedBy}}"}]}""";
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Url = new Uri($"http://{_listener.LocalEndPoint}");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>Inference requests whose head has come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Probes that have been answered.</summary>
    public int Probes => Volatile.Read(ref _probes);

    private int _requests;
    private int _probes;

    /// <param name="script">Gets the connection, and the head of the request that has been read from it; when it returns, the next request is awaited.</param>
    public static ScriptedEngine Start(Func<RawConnection, string, Task> script, string model = "m", string ownedBy = "vllm") => new(model, ownedBy, script);

    /// <summary>How long the body is that the head announces.</summary>
    public static int LengthOf(string head)
    {
        const string Name = "\r\nContent-Length: ";
        int at = head.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? 0 : int.Parse(head.AsSpan(at + Name.Length, head.IndexOf('\r', at + Name.Length) - at - Name.Length));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var connection = new RawConnection(socket);
        try
        {
            while (true)
            {
                string head = await connection.ReadHeadAsync();
                if (head.StartsWith("GET /v1/models", StringComparison.Ordinal))
                {
                    await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(_models)}\r\n\r\n{_models}");
                    Interlocked.Increment(ref _probes);
                    continue;
                }

                Interlocked.Increment(ref _requests);
                await _script(connection, head);
            }
        }
        catch (Exception ended) when (ended is not OutOfMemoryException)
        {
            // The gateway has left, or the script has ended the connection: what that means is for the test to assert on the other side.
        }
    }
}
