namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>As the kernel's epoll numbers them.</summary>
[Flags]
internal enum SocketEvents : uint
{
    None = 0,
    Readable = 1,
    Writable = 4,
    Failed = 8,
    HungUp = 0x10,
    PeerClosed = 0x2000,
    EdgeTriggered = 0x8000_0000,
}
