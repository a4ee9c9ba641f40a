namespace Gateway.Forwarding;

/// <summary>What of an answer has been passed on, as far as ending it early needs to know.</summary>
internal sealed class RelayProgress(bool isEventStream, ApiDialect dialect)
{
    private readonly bool _numbersEvents = isEventStream && dialect == ApiDialect.OpenAiResponses;
    private EventTail _tail;
    private SequenceNumberScanner _numbers = new();

    /// <summary>Whether the head has gone out, or is on its way.</summary>
    public bool HasBegun { get; set; }

    /// <summary>The last flush that had to wait for the client to read; nothing more may be written before it is done.</summary>
    public Task Flush { get; set; } = Task.CompletedTask;

    /// <summary>Bytes of the body written so far.</summary>
    public long Length { get; private set; }

    public long NextSequenceNumber => _numbers.Next;

    /// <summary>Whether an event may follow what has been written.</summary>
    public bool CanEndWithEvent => isEventStream && _tail.EndsEvent;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (isEventStream)
            _tail.Add(bytes);
        if (_numbersEvents)
            _numbers.Add(bytes);
    }
}
