using System.Net;
using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>Streams that stay open: most have had a token and wait for the next one, some have clients that don't read.</summary>
/// <param name="loop">Where it runs.</param>
/// <param name="target">Where requests go.</param>
/// <param name="count">How many streams.</param>
/// <param name="stalled">How many of them have clients that don't read what engines go on sending.</param>
internal sealed class HeldStreams(EventLoop loop, IPEndPoint target, int count, int stalled) : RunningLoad(loop, target, CreateRequest(Behaviour.Idle))
{
    // More than any proxy should hold for a client that doesn't read: about 2 MB.
    private const int TokensForStalled = 8_000;
    private const int OpenedAtOnce = 64;

    private int _opened;

    /// <summary>Whether all streams are open and have had their first token.</summary>
    public bool IsOpen => _opened == count && Pending == 0;

    private int Pending => Connections.Count(connection => connection.Reads ? connection.IsBusy && !connection.HasBegun : !connection.HasSent);

    public override void Start() => OpenMore();

    public void OpenMore()
    {
        int room = OpenedAtOnce - Pending;
        for (; room > 0 && _opened < count; room--, _opened++)
        {
            bool reads = _opened % (count / Math.Max(1, stalled)) != 0 || stalled == 0;
            Request? flooded = reads ? null : CreateRequest(Behaviour.Stream(TokensForStalled, gapMicroseconds: 0, burst: 16));
            (flooded is null ? AddConnection() : AddConnection(flooded, reads: false)).Send(MonotonicClock.Now);
        }
    }

    // A stream that ends is a fault: it was asked to stay.
    protected override void SendNext(ClientConnection connection, bool failed)
    {
        if (!failed)
            Tally.Fail("a stream that was to stay open has ended");
    }

    private static Request CreateRequest(Behaviour behaviour) =>
        new(behaviour, new ChatBody(1024, modelFirst: true, stream: true), moreHeaders: 0, last: false);
}
