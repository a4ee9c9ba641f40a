using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Benchmarks.Micro;

/// <summary>An engine that answers every request with the same bytes, on blocking sockets and without allocating, so that what is measured is the gateway.</summary>
internal sealed class CannedEngine : IDisposable
{
    /// <summary>The whole answer to a probe.</summary>
    public static readonly byte[] Models = Answer(
        "application/json", """{"object":"list","data":[{"id":"meta-llama/Llama-3.2-1B-Instruct","object":"model","owned_by":"vllm"}]}""");

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _answer;

    public CannedEngine(string contentType, string body)
    {
        _answer = Answer(contentType, body);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Url = $"http://{_listener.LocalEndPoint}";
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public string Url { get; }

    public void Dispose() => _listener.Dispose();

    public static byte[] Answer(string contentType, string body) => Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    private void Accept()
    {
        try
        {
            while (true)
            {
                Socket socket = _listener.Accept();
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
    }

    private void Serve(Socket socket)
    {
        byte[] buffer = new byte[256 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                int read = socket.Receive(buffer.AsSpan(length));
                if (read == 0)
                    return;
                length += read;
                if (!IsComplete(buffer.AsSpan(0, length)))
                    continue;
                socket.Send(buffer[0] == 'G' ? Models : _answer);
                length = 0;
            }
        }
        catch (SocketException)
        {
            // The gateway has gone.
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> request)
    {
        int head = request.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;
        int at = request[..head].IndexOf("Content-Length: "u8);
        int length = 0;
        for (int i = at + "Content-Length: ".Length; at >= 0 && request[i] is >= (byte)'0' and <= (byte)'9'; i++)
            length = (length * 10) + (request[i] - '0');
        return request.Length >= head + 4 + length;
    }
}
