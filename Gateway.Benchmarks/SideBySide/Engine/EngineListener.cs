using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Engine;

/// <summary>Accepts the connections of one endpoint.</summary>
internal sealed class EngineListener(EventLoop loop, int listener) : IEventHandler
{
    public void OnEvents(SocketEvents events)
    {
        while (SocketCalls.Accept(listener) is >= 0 and var socket)
            loop.Add(socket, new EngineConnection(loop, socket));
    }
}
