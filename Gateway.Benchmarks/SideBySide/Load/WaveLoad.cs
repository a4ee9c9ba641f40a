using System.Net;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>So many requests all at once, and again when the last answer has come.</summary>
/// <param name="loop">Where it runs.</param>
/// <param name="target">Where requests go.</param>
/// <param name="request">What is sent.</param>
/// <param name="size">How many at once.</param>
/// <param name="again">Whether there is more than one wave.</param>
internal sealed class WaveLoad(EventLoop loop, IPEndPoint target, Request request, int size, bool again) : RunningLoad(loop, target, request), ITimerHandler
{
    // Long enough for a contender to come to rest.
    private const long Pause = 20 * MonotonicClock.Millisecond;

    private int _remaining;

    public bool IsOver => _remaining == 0;

    public override void Start()
    {
        for (int i = 0; i < size; i++)
            AddConnection();
        SendAll(MonotonicClock.Now);
    }

    public void OnTimer(long due)
    {
        if (!IsEnding)
            SendAll(due);
    }

    protected override void SendNext(ClientConnection connection, bool failed)
    {
        if (--_remaining == 0 && again)
            Loop.CallAt(MonotonicClock.Now + Pause, this);
    }

    private void SendAll(long due)
    {
        _remaining = size;
        foreach (ClientConnection connection in Connections)
            connection.Send(due);
    }
}
