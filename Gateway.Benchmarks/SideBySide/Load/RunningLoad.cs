using System.Net;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>A load that is under way against one target: its connections, and what they have seen.</summary>
internal abstract class RunningLoad(EventLoop loop, IPEndPoint target, Request request) : ILoad, IDisposable
{
    private readonly List<ClientConnection> _connections = [];
    private long _number;

    public LoadTally Tally { get; } = new();

    /// <summary>Whether an answer of 503 is a contender's good right rather than an error.</summary>
    public bool MayRefuse { get; init; }

    protected EventLoop Loop { get; } = loop;

    protected bool IsEnding { get; private set; }

    protected IReadOnlyList<ClientConnection> Connections => _connections;

    public abstract void Start();

    public long NextNumber() => ++_number;

    public void OnDone(ClientConnection connection, string? wrong)
    {
        if (wrong is null)
        {
            Tally.Replies++;
            Tally.ReplyTimes.Add(MonotonicClock.Now - connection.Due);
        }
        else if (MayRefuse && wrong.StartsWith("HTTP/1.1 503", StringComparison.Ordinal))
        {
            Tally.Refused++;
        }
        else if (!IsEnding)
        {
            Tally.Fail(wrong);
        }

        if (!IsEnding)
            SendNext(connection, failed: wrong is not null);
    }

    /// <summary>Sends nothing more and waits for the answers that are still due, so that no contender sees clients that vanish.</summary>
    public void End(CancellationToken cancellationToken)
    {
        IsEnding = true;
        long until = MonotonicClock.Now + (2 * MonotonicClock.Second);
        while (MonotonicClock.Now < until && _connections.Exists(connection => connection.IsBusy))
            Loop.RunUntil(MonotonicClock.Now + (5 * MonotonicClock.Millisecond), cancellationToken);
    }

    public void Dispose()
    {
        IsEnding = true;
        foreach (ClientConnection connection in _connections)
            connection.Close();
    }

    protected abstract void SendNext(ClientConnection connection, bool failed);

    protected ClientConnection AddConnection() => AddConnection(request, reads: true);

    protected ClientConnection AddConnection(Request request, bool reads)
    {
        IReply reply = request.Streams ? new StreamReply(request, Tally) : new UnaryReply(request);
        var connection = new ClientConnection(Loop, target, request, this, reply, reads);
        _connections.Add(connection);
        return connection;
    }
}
