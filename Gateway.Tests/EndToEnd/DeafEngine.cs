using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.EndToEnd;

/// <summary>Answers one probe, and then takes no connection and refuses none, as an address does whose machine is gone.</summary>
internal sealed class DeafEngine : IDisposable
{
    private const string Models = """{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm"}]}""";

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];
    private readonly Task<Socket> _probed;

    public DeafEngine()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(0);
        Url = new Uri($"http://{_listener.LocalEndPoint}");
        _probed = AnswerProbeAsync();
    }

    public Uri Url { get; }

    /// <summary>Fills the queue of connections to be accepted: the system then drops whoever asks for another one.</summary>
    public async Task StopAcceptingAsync()
    {
        (await _probed.SoonAsync()).Dispose();
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _waiting.Add(socket);
            Task connecting = socket.ConnectAsync(_listener.LocalEndPoint!, TestContext.Current.CancellationToken).AsTask();

            // On loopback a connection that is taken is taken at once; the system asks again after a second.
            if (await Task.WhenAny(connecting, Task.Delay(TimeSpan.FromMilliseconds(500), TestContext.Current.CancellationToken)) != connecting)
                return;
            await connecting;
        }
    }

    public void Dispose()
    {
        foreach (Socket socket in _waiting)
            socket.Dispose();
        _listener.Dispose();
    }

    private async Task<Socket> AnswerProbeAsync()
    {
        Socket socket = await _listener.AcceptAsync();
        var connection = new RawConnection(socket);
        await connection.ReadHeadAsync();
        await connection.SendAsync(Wire.Answer("200 OK", Models));
        return socket;
    }
}
