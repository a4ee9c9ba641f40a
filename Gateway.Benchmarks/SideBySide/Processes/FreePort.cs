using System.Net;
using System.Net.Sockets;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>A port for a program that can't choose one itself and say which.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
