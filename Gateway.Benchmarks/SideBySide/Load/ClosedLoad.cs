using System.Net;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>So many connections, each of which sends its next request when the answer to the last one has come.</summary>
/// <param name="loop">Where it runs.</param>
/// <param name="target">Where requests go.</param>
/// <param name="request">What is sent.</param>
/// <param name="connections">How many.</param>
/// <param name="spread">Nanoseconds over which the first requests are spread.</param>
internal sealed class ClosedLoad(EventLoop loop, IPEndPoint target, Request request, int connections, long spread) : RunningLoad(loop, target, request)
{
    // A contender that refuses at once isn't to be flooded.
    private const long PauseAfterFailure = 10 * MonotonicClock.Millisecond;

    public override void Start()
    {
        long now = MonotonicClock.Now;
        for (int i = 0; i < connections; i++)
            AddConnection().SendAt(now + (spread * i / connections));
    }

    protected override void SendNext(ClientConnection connection, bool failed)
    {
        long now = MonotonicClock.Now;
        if (failed)
            connection.SendAt(now + PauseAfterFailure);
        else
            connection.Send(now);
    }
}
