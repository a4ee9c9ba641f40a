using System.Net;
using System.Net.Sockets;

namespace Gateway.Tests.EndToEnd.Faults;

/// <summary>An address where no engine is any more. Keeps it from being given to anybody else.</summary>
internal sealed class VacantAddress : IDisposable
{
    // On loopback a connection that is taken is taken at once; and the system asks again after a second.
    private static readonly TimeSpan NotTaken = TimeSpan.FromMilliseconds(500);

    private readonly Socket _holder = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _waiting = [];

    private VacantAddress(EndPoint address) => _holder.Bind(address);

    /// <summary>Refuses connections, as when the process has ended.</summary>
    public static VacantAddress Refusing(EndPoint address) => new(address);

    /// <summary>Takes no connection and refuses none, as when the machine is gone.</summary>
    public static async Task<VacantAddress> BlackholedAsync(EndPoint address)
    {
        var vacant = new VacantAddress(address);
        vacant._holder.Listen(0);

        // The system drops whoever asks for a connection while the queue of those to be accepted is full.
        while (await vacant.IsTakenAsync())
        {
        }

        return vacant;
    }

    public void Dispose()
    {
        foreach (Socket socket in _waiting)
            socket.Dispose();
        _holder.Dispose();
    }

    private async Task<bool> IsTakenAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _waiting.Add(socket);
        Task connecting = socket.ConnectAsync(_holder.LocalEndPoint!, TestContext.Current.CancellationToken).AsTask();
        if (await Task.WhenAny(connecting, Task.Delay(NotTaken, TestContext.Current.CancellationToken)) != connecting)
            return false;
        await connecting;
        return true;
    }
}
