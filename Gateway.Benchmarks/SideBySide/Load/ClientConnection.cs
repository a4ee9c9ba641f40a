using System.Net;
using Gateway.Benchmarks.SideBySide.Http;
using Gateway.Benchmarks.SideBySide.Sockets;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>One connection of the load client: sends a request, checks the answer, tells its <see cref="ILoad"/>.</summary>
internal sealed class ClientConnection : IEventHandler, IMessageSink, ITimerHandler
{
    // Bodies up to here are sent together with their head.
    private const int SmallBody = 64 * 1024;

    private readonly EventLoop _loop;
    private readonly IPEndPoint _target;
    private readonly Request _request;
    private readonly ILoad _load;
    private readonly IReply _reply;
    private readonly MessageReader _reader;
    private readonly byte[] _message;
    private readonly int _receiveBuffer;
    private SendQueue? _queue;
    private int _socket = -1;
    private State _state = State.Closed;
    private bool _bodyToSend;
    private string? _wrong;

    /// <param name="reads">False for a client that has stalled: it sends its request and never reads.</param>
    public ClientConnection(EventLoop loop, IPEndPoint target, Request request, ILoad load, IReply reply, bool reads)
    {
        _loop = loop;
        _target = target;
        _request = request;
        _load = load;
        _reply = reply;
        _reader = new MessageReader(this, readsRequests: false);
        byte[] head = request.CreateHead();
        _message = request.Body.Bytes.Length <= SmallBody ? [.. head, .. request.Body.Bytes] : head;
        Reads = reads;
        _receiveBuffer = reads ? 0 : 4096;
    }

    private enum State
    {
        Closed,
        Connecting,
        Idle,
        Sending,
        Waiting,

        /// <summary>The answer has come, and the other side is to close.</summary>
        Ending,
    }

    public bool Reads { get; }

    public bool IsBusy => _state is not (State.Closed or State.Idle);

    public bool HasSent => _state == State.Waiting;

    /// <summary>Whether the answer has begun to come.</summary>
    public bool HasBegun => _reader.IsAmidMessage;

    /// <summary>When the current request was to be sent.</summary>
    public long Due { get; private set; }

    public void SendAt(long due) => _loop.CallAt(due, this);

    public void OnTimer(long due) => Send(due);

    public void Send(long due)
    {
        Due = due;
        _wrong = null;
        long number = _load.NextNumber();
        Wire.Digits.Write(_message.AsSpan()[_request.Number], number);
        _reply.Begin(number, due);
        if (_state == State.Closed)
        {
            int socket = SocketCalls.Connect(_target, _receiveBuffer);
            if (socket < 0)
            {
                _load.OnDone(this, "no connection");
                return;
            }

            _socket = socket;
            _queue = new SendQueue(_socket);
            _reader.Reset();
            _state = State.Connecting;
            _loop.Add(_socket, this);
            return;
        }

        BeginSending();
    }

    public void OnEvents(SocketEvents events)
    {
        if (_state == State.Connecting && (events & (SocketEvents.Writable | SocketEvents.Failed)) != 0)
            BeginSending();
        else if (_state == State.Sending && (events & SocketEvents.Writable) != 0)
            ContinueSending();
        if (Reads && (events & ~SocketEvents.Writable) != 0)
            Receive((events & (SocketEvents.PeerClosed | SocketEvents.HungUp | SocketEvents.Failed)) != 0);
    }

    public void OnHead(in MessageHead head)
    {
        if (!IReply.IsSuccess(head))
            _wrong = System.Text.Encoding.ASCII.GetString(head.FirstLine);
    }

    public void OnBody(ReadOnlySpan<byte> bytes)
    {
        if (_wrong is null)
            _reply.Take(bytes);
    }

    public void OnEnd()
    {
        _wrong ??= _reply.End();
        if (_request.Last)
        {
            _state = State.Ending;
            return;
        }

        if (_state != State.Waiting)
            Fail(_wrong ?? "an answer before the end of its request");
        else
            Finish(State.Idle);
    }

    public void Close()
    {
        if (_state == State.Closed)
            return;
        _state = State.Closed;
        _loop.Remove(_socket);
        LibC.Close(_socket);
    }

    private void BeginSending()
    {
        _state = State.Sending;
        _bodyToSend = _message.Length < _request.Body.Bytes.Length;
        AfterSending(_queue!.Send(_message, 0, _message.Length, _bodyToSend));
    }

    private void ContinueSending() => AfterSending(_queue!.Continue(_bodyToSend));

    private void AfterSending(bool alive)
    {
        if (alive && _queue!.IsEmpty && _bodyToSend)
        {
            _bodyToSend = false;
            alive = _queue.Send(_request.Body.Bytes, 0, _request.Body.Bytes.Length, moreFollows: false);
        }

        // A refusal of the rest of a body may stand in the answer, which is read first.
        if (!alive && _state == State.Sending && !Reads)
            Fail("the connection was closed while the request was sent");
        else if (alive && _queue!.IsEmpty)
            _state = State.Waiting;
    }

    private void Receive(bool toTheEnd)
    {
        byte[] buffer = _loop.ReceiveBuffer;
        int received;
        do
        {
            int socket = _socket;
            if (_state == State.Closed)
                return;
            received = SocketCalls.Receive(socket, buffer);
            if (received == SocketCalls.WouldBlock)
                return;
            if (received <= 0)
            {
                OnPeerClosed();
                return;
            }

            if (!_reader.Take(buffer.AsSpan(0, received)))
                Fail("bytes that are no HTTP");
        }
        while (toTheEnd || received == buffer.Length);
    }

    private void OnPeerClosed()
    {
        if (_state == State.Idle)
            Close();
        else if (_state == State.Ending)
            Finish(State.Closed);
        else
            Fail(_wrong ?? (_reader.IsAmidMessage ? "a cut answer" : "a closed connection instead of an answer"));
    }

    private void Fail(string reason)
    {
        Close();
        _load.OnDone(this, reason);
    }

    private void Finish(State next)
    {
        if (next == State.Closed)
            Close();
        else
            _state = next;
        _load.OnDone(this, _wrong);
    }
}
