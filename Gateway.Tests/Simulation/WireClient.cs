using System.Net.Sockets;
using System.Text;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

/// <summary>A bare socket to an engine: sees how a connection really ends.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly MemoryStream _received = new();

    public static async Task<WireClient> ConnectAsync(SimulatedEngine engine)
    {
        var wire = new WireClient();
        await wire._client.ConnectAsync(engine.Url.Host, engine.Url.Port, TestContext.Current.CancellationToken);
        return wire;
    }

    public string Received => Encoding.ASCII.GetString(_received.ToArray());

    public async Task SendAsync(string text) =>
        await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    public Task PostAsync(string path, string json, params string[] headers)
    {
        string extra = string.Concat(headers.Select(header => header + "\r\n"));
        return SendAsync($"POST {path} HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n{extra}\r\n{json}");
    }

    /// <summary>Reads until <paramref name="text"/> has come.</summary>
    public async Task ReadUntilAsync(string text)
    {
        while (!Received.Contains(text, StringComparison.Ordinal))
            Assert.True(await ReadSomeAsync() > 0, $"the connection ended before '{text}' came: {Received}");
    }

    /// <summary>Reads to the end: null when it is an orderly one, else the socket's error.</summary>
    public async Task<SocketError?> ReadToEndAsync()
    {
        try
        {
            while (await ReadSomeAsync() > 0)
            {
            }

            return null;
        }
        catch (IOException exception) when (exception.InnerException is SocketException socket)
        {
            return socket.SocketErrorCode;
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<int> ReadSomeAsync()
    {
        var buffer = new byte[16 * 1024];
        int count = await _client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(EngineClient.Patience, TestContext.Current.CancellationToken);
        _received.Write(buffer, 0, count);
        return count;
    }
}
