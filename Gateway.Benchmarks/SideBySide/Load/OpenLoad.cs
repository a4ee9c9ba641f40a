using System.Net;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>Requests at random times, so many a second on average, whether or not earlier ones have been answered: what many clients look like.</summary>
internal sealed class OpenLoad(EventLoop loop, IPEndPoint target, Request request, double rate) : RunningLoad(loop, target, request), ITimerHandler
{
    // Beyond it the contender no longer keeps up, which shows in the times.
    private const int MostConnections = 2_000;

    // The same times for every contender.
    private readonly Random _random = new(1);
    private readonly Stack<ClientConnection> _free = new();

    public override void Start() => Loop.CallAt(MonotonicClock.Now, this);

    public void OnTimer(long due)
    {
        if (IsEnding)
            return;
        // Times between arrivals that don't know of each other are distributed exponentially.
        Loop.CallAt(due + (long)(-Math.Log(1 - _random.NextDouble()) / rate * MonotonicClock.Second), this);
        if (_free.TryPop(out ClientConnection? free))
            free.Send(due);
        else if (Connections.Count < MostConnections)
            AddConnection().Send(due);
        else
            Tally.Fail($"more than {MostConnections} requests at once");
    }

    protected override void SendNext(ClientConnection connection, bool failed) => _free.Push(connection);
}
