using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.EndToEnd;

/// <summary>How one side of a connection leaves it.</summary>
public enum Farewell
{
    /// <summary>A FIN, but it still reads.</summary>
    HalfClose,

    /// <summary>A FIN, or a reset when something had not been read.</summary>
    Close,

    /// <summary>A reset, as when the process dies.</summary>
    Reset,
}

/// <summary>One TCP connection whose bytes a test writes and reads by itself, as Latin-1. Serves as a client's side and as an engine's.</summary>
internal sealed class RawConnection(Socket socket) : IDisposable
{
    private const string EndOfHead = "\r\n\r\n";

    private readonly StringBuilder _unread = new();
    private readonly byte[] _buffer = new byte[64 * 1024];

    public Socket Socket => socket;

    /// <summary>Bytes that have been received and not yet been read.</summary>
    public int Buffered => _unread.Length;

    /// <summary>Whether the other side has ended the connection by RST, which may take away bytes that were on their way.</summary>
    public bool WasReset { get; private set; }

    public static async Task<RawConnection> OpenAsync(Uri url)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new DnsEndPoint(url.Host, url.Port), TestContext.Current.CancellationToken);
        return new RawConnection(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken).AsTask().SoonAsync()..];
    }

    /// <summary>A POST of a JSON body with its length.</summary>
    public Task PostAsync(string path, string json, string headers = "") =>
        SendAsync($"POST {path} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n{headers}\r\n{json}");

    /// <summary>Reads up to and including the text; fails when the connection ends before.</summary>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (true)
        {
            string unread = _unread.ToString();
            int at = unread.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
            {
                _unread.Remove(0, at + text.Length);
                return unread[..(at + text.Length)];
            }

            Assert.True(await ReceiveAsync() > 0, $"The connection ended before '{text}'; it said: {unread}");
        }
    }

    public Task<string> ReadHeadAsync() => ReadUntilAsync(EndOfHead);

    public async Task<string> ReadAsync(int length)
    {
        while (_unread.Length < length)
            Assert.True(await ReceiveAsync() > 0, $"The connection ended after {_unread.Length} of {length} bytes.");
        string read = _unread.ToString(0, length);
        _unread.Remove(0, length);
        return read;
    }

    /// <summary>Reads until the other side ends the connection, by FIN or by RST.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync() > 0)
        {
        }

        string read = _unread.ToString();
        _unread.Clear();
        return read;
    }

    /// <summary>Ends in one of the ways in which a client may.</summary>
    public void Leave(Farewell farewell)
    {
        switch (farewell)
        {
            case Farewell.HalfClose:
                socket.Shutdown(SocketShutdown.Send);
                break;
            case Farewell.Close:
                socket.Dispose();
                break;
            default:
                Reset();
                break;
        }
    }

    /// <summary>Ends with a reset, as when a process dies.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    public void Dispose() => socket.Dispose();

    private async Task<int> ReceiveAsync()
    {
        try
        {
            int read = await socket.ReceiveAsync(_buffer.AsMemory(), SocketFlags.None, TestContext.Current.CancellationToken).AsTask().SoonAsync();
            _unread.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            return read;
        }
        catch (SocketException)
        {
            WasReset = true;
            return 0;
        }
    }
}
