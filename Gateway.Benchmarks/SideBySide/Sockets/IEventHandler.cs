namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>Is told what <see cref="EventLoop"/> sees on a descriptor.</summary>
internal interface IEventHandler
{
    void OnEvents(SocketEvents events);
}
