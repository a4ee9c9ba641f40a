namespace Gateway.Benchmarks.SideBySide.Http;

/// <summary>Reads one HTTP/1.1 message after the other from a connection. Holds no bytes but those of a head that came in pieces.</summary>
internal sealed class MessageReader(IMessageSink sink, bool readsRequests)
{
    // Far more than any head here; a longer one is a fault.
    private const int LongestHead = 32 * 1024;

    private byte[]? _held;
    private int _heldLength;
    private bool _inBody;
    private BodyDecoder _body;

    /// <summary>Whether a message has begun and not ended.</summary>
    public bool IsAmidMessage => _inBody || _heldLength > 0;

    public void Reset()
    {
        _heldLength = 0;
        _inBody = false;
    }

    /// <returns>False when what has come is no HTTP.</returns>
    public bool Take(ReadOnlySpan<byte> input)
    {
        while (!input.IsEmpty)
        {
            if (!_inBody && !TakeHead(ref input))
                return _heldLength < LongestHead;

            while (!input.IsEmpty && !_body.IsComplete)
            {
                int taken = _body.Next(input, out ReadOnlySpan<byte> bytes);
                if (!bytes.IsEmpty)
                    sink.OnBody(bytes);
                if (_body.IsMalformed)
                    return false;
                input = input[taken..];
            }

            EndIfComplete();
        }

        return true;
    }

    /// <summary>The connection has been closed by the other side.</summary>
    /// <returns>False when that cut a message.</returns>
    public bool Close()
    {
        if (!_inBody || !_body.EndsByClose)
            return !IsAmidMessage;
        _inBody = false;
        sink.OnEnd();
        return true;
    }

    private bool TakeHead(ref ReadOnlySpan<byte> input)
    {
        if (_heldLength > 0)
        {
            int before = _heldLength;
            Hold(input);
            int heldEnd = _held.AsSpan(0, _heldLength).IndexOf("\r\n\r\n"u8);
            if (heldEnd < 0)
                return false;
            _heldLength = 0;
            input = input[(heldEnd + 4 - before)..];
            BeginBody(MessageHead.Parse(_held.AsSpan(0, heldEnd)));
            return true;
        }

        int end = input.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            Hold(input);
            return false;
        }

        MessageHead head = MessageHead.Parse(input[..end]);
        input = input[(end + 4)..];
        BeginBody(head);
        return true;
    }

    private void BeginBody(MessageHead head)
    {
        _body = BodyDecoder.Begin(head, readsRequests);
        _inBody = true;
        sink.OnHead(head);
        EndIfComplete();
    }

    private void EndIfComplete()
    {
        if (!_inBody || !_body.IsComplete)
            return;
        _inBody = false;
        sink.OnEnd();
    }

    private void Hold(ReadOnlySpan<byte> input)
    {
        _held ??= new byte[LongestHead];
        int length = Math.Min(input.Length, _held.Length - _heldLength);
        input[..length].CopyTo(_held.AsSpan(_heldLength));
        _heldLength += length;
    }
}
