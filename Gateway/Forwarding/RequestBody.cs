using System.Buffers;
using System.IO.Pipelines;

namespace Gateway.Forwarding;

internal enum BodyRead
{
    /// <summary>There is more than before, or the body is complete.</summary>
    Ok,

    /// <summary>Over <c>Limits:MaxRequestBodyBytes</c>.</summary>
    TooLarge,

    /// <summary>Over <c>Limits:BufferedBytes</c>, all requests together.</summary>
    Overloaded,
}

/// <summary>
/// The part of a request's body that has arrived and not yet been let go. It stays where Kestrel received it: all of it has been looked at, and
/// Kestrel counts only what has not before it stops reading a connection, and with it no longer notices that the client has left.
/// Kept and reset from request to request.
/// </summary>
internal sealed class RequestBody
{
    private BufferBudget _budget = null!;
    private PipeReader _reader = null!;
    private long _limit;
    private long _reserved;
    private SequencePosition _readTo;
    private bool _isReading;

    /// <summary>What is held, from <see cref="Start"/> on. Valid until the next call of any method.</summary>
    public ReadOnlySequence<byte> Bytes { get; private set; }

    /// <summary>Where <see cref="Bytes"/> begins, in bytes from the body's start.</summary>
    public long Start { get; private set; }

    /// <summary>How much of the body has arrived.</summary>
    public long Received => Start + Bytes.Length;

    /// <summary>Whether all of the body has arrived.</summary>
    public bool IsComplete { get; private set; }

    public void Begin(PipeReader reader, BufferBudget budget, long limit)
    {
        _reader = reader;
        _budget = budget;
        _limit = limit;
        Start = 0;
        Bytes = ReadOnlySequence<byte>.Empty;
        IsComplete = false;
    }

    /// <summary>Waits for more of the body. Everything that is there has been looked at.</summary>
    /// <exception cref="BadHttpRequestException">The client's connection broke, or what came on it is no body.</exception>
    public async ValueTask<BodyRead> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_isReading)
            {
                _isReading = false;
                _reader.AdvanceTo(Bytes.Start, _readTo);
            }

            ReadResult result = await _reader.ReadAsync(cancellationToken);
            _isReading = true;
            return Take(result);
        }
        catch (IOException broken) when (broken is not BadHttpRequestException)
        {
            // A reset, which shows here before it shows as an aborted request; or framing that Kestrel does not call a bad request: the length of a
            // chunk beyond all numbers.
            throw new BadHttpRequestException("The request body could not be read to its end.", broken);
        }
    }

    private BodyRead Take(ReadResult result)
    {
        _readTo = result.Buffer.End;
        IsComplete = result.IsCompleted;
        long held = result.Buffer.Length;
        if (Start + held > _limit)
            return BodyRead.TooLarge;
        if (!_budget.TryTake(held - _reserved))
            return BodyRead.Overloaded;

        _reserved = held;
        Bytes = result.Buffer;
        return BodyRead.Ok;
    }

    /// <summary>Lets go of the first <paramref name="length"/> bytes held: they have been passed on.</summary>
    public void Release(long length)
    {
        Bytes = Bytes.Slice(length);
        Start += length;
        _reserved -= length;
        _budget.GiveBack(length);
    }

    /// <summary>Lets go of everything that has arrived.</summary>
    public void End()
    {
        Start += Bytes.Length;
        Bytes = ReadOnlySequence<byte>.Empty;
        if (_isReading)
            GiveBackToKestrel();

        _budget.GiveBack(_reserved);
        _reserved = 0;
    }

    private void GiveBackToKestrel()
    {
        _isReading = false;
        try
        {
            _reader.AdvanceTo(_readTo);
        }
        catch (Exception aborted) when (aborted is IOException or OperationCanceledException)
        {
            // The client has reset its request: Kestrel has taken everything back by itself.
        }
    }
}
