using Gateway.Benchmarks.SideBySide.Http;
using Gateway.Benchmarks.SideBySide.Sockets;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Engine;

/// <summary>One connection to an engine: takes a request to its end, and answers as its <see cref="Behaviour"/> says.</summary>
internal sealed class EngineConnection : IEventHandler, IMessageSink
{
    private static readonly byte[] Models = Answers.Json(
        $$$"""{"object":"list","data":[{"id":"{{{BenchmarkModel.Name}}}","object":"model","owned_by":"{{{BenchmarkModel.OwnedBy}}}","max_model_len":131072}]}""");

    private static readonly byte[] Health = Answers.Json("{}");

    private readonly EventLoop _loop;
    private readonly int _socket;
    private readonly MessageReader _reader;
    private readonly SendQueue _queue;
    private TokenStream? _stream;
    private byte[]? _answer;
    private Behaviour _behaviour;
    private byte[]? _fixedAnswer;
    private long _bodyBytes;
    private long _bodySum;
    private bool _last;
    private bool _closed;

    public EngineConnection(EventLoop loop, int socket)
    {
        _loop = loop;
        _socket = socket;
        _reader = new MessageReader(this, readsRequests: true);
        _queue = new SendQueue(socket);
    }

    public void OnEvents(SocketEvents events)
    {
        if ((events & SocketEvents.Writable) != 0 && !_queue.IsEmpty)
            AfterSend(_queue.Continue(moreFollows: false));

        byte[] buffer = _loop.ReceiveBuffer;
        // A short read has emptied the socket, unless the end of the connection came with it.
        bool toTheEnd = (events & (SocketEvents.PeerClosed | SocketEvents.HungUp | SocketEvents.Failed)) != 0;
        int received;
        do
        {
            if (_closed)
                return;
            received = SocketCalls.Receive(_socket, buffer);
            if (received == SocketCalls.WouldBlock)
                return;
            if (received <= 0 || !_reader.Take(buffer.AsSpan(0, received)))
            {
                Close();
                return;
            }
        }
        while (toTheEnd || received == buffer.Length);
    }

    public void OnHead(in MessageHead head)
    {
        _bodyBytes = 0;
        _bodySum = 0;
        _last = head.IsLast;
        _behaviour = Behaviour.Parse(head.Behaviour);
        _fixedAnswer = head.FirstLine.StartsWith("GET /v1/models"u8) ? Models : head.FirstLine.StartsWith("GET "u8) ? Health : null;
    }

    public void OnBody(ReadOnlySpan<byte> bytes)
    {
        _bodyBytes += bytes.Length;
        _bodySum += BodySum.Of(bytes);
    }

    public void OnEnd()
    {
        if (_fixedAnswer is not null)
            AfterSend(_queue.Send(_fixedAnswer, 0, _fixedAnswer.Length, moreFollows: false));
        else if (_behaviour.Tokens == 0)
            AnswerAtOnce();
        else
            (_stream ??= new TokenStream(_loop, _queue, this)).Start(_behaviour);
    }

    /// <param name="alive">False when the connection has broken.</param>
    public void AfterSend(bool alive)
    {
        if (!alive)
            Close();
        else if (_queue.IsEmpty && _stream is { IsRunning: true })
            _stream.Continue();
        else if (_queue.IsEmpty && _last && !_reader.IsAmidMessage)
            Close();
    }

    private void AnswerAtOnce()
    {
        _answer ??= UnaryAnswer.CreateMessage(_last);
        Span<byte> body = _answer.AsSpan(_answer.Length - UnaryAnswer.BodyLength);
        Digits.Write(body[UnaryAnswer.Number], _behaviour.Number);
        Digits.Write(body[UnaryAnswer.Bytes], _bodyBytes);
        Digits.Write(body[UnaryAnswer.Sum], _bodySum);
        AfterSend(_queue.Send(_answer, 0, _answer.Length, moreFollows: false));
    }

    private void Close()
    {
        if (_closed)
            return;
        _closed = true;
        _stream?.Stop();
        _loop.Remove(_socket);
        LibC.Close(_socket);
    }
}
