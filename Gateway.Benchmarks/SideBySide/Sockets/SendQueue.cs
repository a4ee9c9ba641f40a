namespace Gateway.Benchmarks.SideBySide.Sockets;

/// <summary>The bytes that a socket is to send next, and how far it has come.</summary>
internal sealed class SendQueue(int socket)
{
    private byte[] _bytes = [];
    private int _at;
    private int _end;

    public bool IsEmpty => _at == _end;

    /// <summary>The bytes must stay as they are until the queue is empty; before that nothing else may be sent.</summary>
    /// <returns>False when the connection is broken.</returns>
    public bool Send(byte[] bytes, int start, int end, bool moreFollows)
    {
        _bytes = bytes;
        _at = start;
        _end = end;
        return Continue(moreFollows);
    }

    public bool Continue(bool moreFollows)
    {
        while (_at < _end)
        {
            int sent = SocketCalls.Send(socket, _bytes.AsSpan(_at, _end - _at), moreFollows);
            if (sent == SocketCalls.WouldBlock)
                return true;
            if (sent == SocketCalls.Broken)
                return false;
            _at += sent;
        }

        return true;
    }
}
