using System.Buffers.Binary;
using System.ComponentModel;
using System.Net;
using System.Runtime.InteropServices;

namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>Non-blocking TCP sockets by their descriptors.</summary>
internal static unsafe class SocketCalls
{
    public const int WouldBlock = -1;
    public const int Broken = -2;

    private const int Backlog = 4096;

    /// <summary>Listens on a free port of the loopback interface.</summary>
    public static int Listen(out int port)
    {
        int socket = Create();
        var address = ToNative(new IPEndPoint(IPAddress.Loopback, 0));
        uint length = (uint)sizeof(LibC.InternetAddress);
        Check(LibC.Bind(socket, &address, length));
        Check(LibC.Listen(socket, Backlog));
        Check(LibC.GetSocketName(socket, &address, &length));
        port = BinaryPrimitives.ReverseEndianness(address.PortInNetworkOrder);
        return socket;
    }

    /// <summary>Begins to connect; <see cref="SocketEvents.Writable"/> says that it's done.</summary>
    /// <returns>The connection's descriptor, or <see cref="Broken"/> when that is refused at once.</returns>
    /// <param name="receiveBuffer">Of the kernel, in bytes; 0 leaves it to the kernel.</param>
    public static int Connect(IPEndPoint target, int receiveBuffer)
    {
        int socket = Create();
        if (receiveBuffer > 0)
            SetOption(socket, LibC.LevelSocket, LibC.OptionReceiveBuffer, receiveBuffer);
        var address = ToNative(target);
        if (LibC.Connect(socket, &address, (uint)sizeof(LibC.InternetAddress)) < 0 && Marshal.GetLastPInvokeError() != LibC.ErrorInProgress)
        {
            LibC.Close(socket);
            return Broken;
        }

        return socket;
    }

    /// <returns>The connection's descriptor, or a negative number when nobody waits.</returns>
    public static int Accept(int listener)
    {
        int socket = LibC.Accept(listener, null, null, LibC.SocketNonBlocking | LibC.SocketCloseOnExec);
        if (socket >= 0)
            SetOption(socket, LibC.LevelTcp, LibC.OptionNoDelay, 1);
        return socket;
    }

    /// <returns>How many bytes; 0 when the peer has closed; else <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public static int Receive(int socket, byte[] buffer)
    {
        fixed (byte* start = buffer)
            return Result(LibC.Receive(socket, start, (nuint)buffer.Length, 0));
    }

    /// <returns>How many bytes, else <see cref="WouldBlock"/> or <see cref="Broken"/>.</returns>
    public static int Send(int socket, ReadOnlySpan<byte> bytes, bool moreFollows)
    {
        fixed (byte* start = bytes)
            return Result(LibC.Send(socket, start, (nuint)bytes.Length, LibC.MessageNoSignal | (moreFollows ? LibC.MessageMore : 0)));
    }

    public static int Check(int result) => result < 0 ? throw Failed() : result;

    public static Win32Exception Failed() => new(Marshal.GetLastPInvokeError());

    private static int Create()
    {
        int socket = Check(LibC.Socket(LibC.AddressFamilyInternet, LibC.SocketStream | LibC.SocketNonBlocking | LibC.SocketCloseOnExec, 0));
        SetOption(socket, LibC.LevelTcp, LibC.OptionNoDelay, 1);
        return socket;
    }

    private static void SetOption(int socket, int level, int name, int value) => LibC.SetSocketOption(socket, level, name, &value, sizeof(int));

    private static int Result(nint result)
    {
        if (result >= 0)
            return (int)result;
        return Marshal.GetLastPInvokeError() is LibC.ErrorAgain or LibC.ErrorInterrupted ? WouldBlock : Broken;
    }

    private static LibC.InternetAddress ToNative(IPEndPoint target) => new()
    {
        Family = LibC.AddressFamilyInternet,
        PortInNetworkOrder = BinaryPrimitives.ReverseEndianness((ushort)target.Port),
        AddressInNetworkOrder = BitConverter.ToUInt32(target.Address.GetAddressBytes()),
    };
}
