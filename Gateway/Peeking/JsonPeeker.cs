using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Peeking;

/// <summary>
/// Reads from a JSON body, as it arrives, what it asks for. <see cref="Utf8JsonReader"/> reads the top level and the routing members;
/// the values in between are skipped. State is kept between pieces, so every byte is looked at once, but for an unfinished name or routing
/// value, which is read again only when twice as much of it is there: time stays linear in the body's length.
/// </summary>
internal sealed class JsonPeeker(BodyPeek peek)
{
    // The reader has not seen the values that are skipped. Its state behind a value of the document's own object is always the same, but for line
    // numbers, which only its messages tell.
    private static readonly JsonReaderState BehindAValue = ReadTo("""{"":null""");

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    private JsonReaderState _state;
    private JsonValueSkipper _skipper;
    private Phase _phase;
    private RoutingField? _pending;
    private bool _skipsStream;
    private bool _cutTakesNextComma;
    private bool _closed;
    private long _position;
    private long _memberStart;
    private long _lastValueEnd;
    private long _readAgainAt;

    private enum Phase : byte
    {
        ByteOrderMark,
        TopLevel,
        Skipping,
        Done,
    }

    /// <summary>True once the whole body has been read and is one JSON object.</summary>
    public bool IsDone => _phase == Phase.Done;

    /// <summary>How far the body has been read, in bytes from its start.</summary>
    public long Position => _position;

    /// <summary>
    /// Up to where the body is settled: no byte before this will be cut any more. It stays behind the closing brace until all has been read.
    /// </summary>
    public long SettledTo => _phase switch
    {
        Phase.Skipping or Phase.Done => _position,
        _ => _lastValueEnd,
    };

    public void Reset()
    {
        _state = new JsonReaderState();
        _phase = Phase.ByteOrderMark;
        _pending = null;
        _skipsStream = _cutTakesNextComma = _closed = false;
        _position = _memberStart = _lastValueEnd = _readAgainAt = 0;
    }

    /// <summary>Reads on.</summary>
    /// <param name="unread">The body from <see cref="Position"/> on, as far as it has arrived.</param>
    /// <param name="isFinal">Whether no more will come.</param>
    /// <remarks>Failures are told by <see cref="BodyPeek.Failure"/>.</remarks>
    public void Read(ReadOnlySequence<byte> unread, bool isFinal)
    {
        if (_phase == Phase.ByteOrderMark && !TrySkipByteOrderMark(ref unread, isFinal))
            return;

        while (peek.Failure == PeekFailure.None)
        {
            if (_phase == Phase.Skipping)
                unread = SkipValue(unread);

            if (_phase != Phase.TopLevel || peek.Failure != PeekFailure.None || (!isFinal && unread.Length < _readAgainAt))
                break;

            long consumed = ReadTopLevel(unread, isFinal);
            unread = unread.Slice(consumed);
            _position += consumed;
            if (_phase == Phase.TopLevel)
            {
                _readAgainAt = 2 * unread.Length;
                break;
            }

            _readAgainAt = 0;
        }

        if (isFinal && peek.Failure == PeekFailure.None)
        {
            if (_phase == Phase.TopLevel && _closed)
                _phase = Phase.Done;
            else
                FailJson("it ends before its closing brace");
        }
    }

    private bool TrySkipByteOrderMark(ref ReadOnlySequence<byte> unread, bool isFinal)
    {
        Span<byte> start = stackalloc byte[3];
        int length = (int)Math.Min(unread.Length, start.Length);
        unread.Slice(0, length).CopyTo(start);
        start = start[..length];

        bool mayBeMark = length > 0 && ByteOrderMark.StartsWith(start);
        if (mayBeMark && length < ByteOrderMark.Length && !isFinal)
            return false;

        _phase = Phase.TopLevel;
        if (mayBeMark && length == ByteOrderMark.Length)
        {
            unread = unread.Slice(length);
            _position = length;
        }

        return true;
    }

    private ReadOnlySequence<byte> SkipValue(ReadOnlySequence<byte> unread)
    {
        long used = 0;
        var status = SkipStatus.Unfinished;
        foreach (ReadOnlyMemory<byte> segment in unread)
        {
            status = _skipper.Skip(segment.Span, out int inSegment);
            used += inSegment;
            if (status != SkipStatus.Unfinished)
                break;
        }

        _position += used;
        if (status == SkipStatus.Malformed)
            FailJson("a value is missing or its brackets do not match");
        else if (status == SkipStatus.TooDeep)
            FailJson($"it is nested deeper than {JsonValueSkipper.MaxDepth} levels");
        else if (status == SkipStatus.Ended)
            EndSkippedValue();
        return unread.Slice(used);
    }

    private void EndSkippedValue()
    {
        // The last of two members named alike is the one that counts for an engine.
        if (_skipsStream)
            peek.Stream = _skipper.FirstByte == 't';

        _state = BehindAValue;
        _lastValueEnd = _position;
        _phase = Phase.TopLevel;
    }

    private long ReadTopLevel(in ReadOnlySequence<byte> unread, bool isFinal)
    {
        // The usual body lies in one piece, which is quicker to read.
        if (unread.IsSingleSegment)
        {
            var reader = new Utf8JsonReader(unread.FirstSpan, isFinal, _state);
            return ReadTokens(ref reader);
        }
        else
        {
            var reader = new Utf8JsonReader(unread, isFinal, _state);
            return ReadTokens(ref reader);
        }
    }

    private long ReadTokens(ref Utf8JsonReader reader)
    {
        try
        {
            while (peek.Failure == PeekFailure.None && _phase == Phase.TopLevel && reader.Read())
                TakeToken(ref reader);
        }
        catch (JsonException)
        {
            FailJson("its top level is malformed", reader.BytesConsumed);
        }

        // Behind a name whose value is skipped the state is not needed.
        if (_phase == Phase.TopLevel)
            _state = reader.CurrentState;
        return reader.BytesConsumed;
    }

    private void TakeToken(ref Utf8JsonReader reader)
    {
        if (_pending is { } field)
        {
            TakeRoutingValue(ref reader, field);
            _pending = null;
            return;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                peek.InsertAt = _lastValueEnd = _position + reader.BytesConsumed;
                break;
            case JsonTokenType.PropertyName:
                TakeName(ref reader);
                break;
            case JsonTokenType.EndObject:
                _closed = true;
                break;
            default:
                FailJson("it is some other JSON value");
                break;
        }
    }

    private void TakeName(ref Utf8JsonReader reader)
    {
        _memberStart = _position + reader.TokenStartIndex;
        if (_cutTakesNextComma)
        {
            peek.ExtendLastCut(_memberStart);
            _cutTakesNextComma = false;
        }

        MemberName name = MemberNames.Identify(ref reader);
        if (name is MemberName.Other or MemberName.Stream)
        {
            peek.KeepsMembers = true;
            _skipsStream = name == MemberName.Stream;
            _skipper = default;
            _phase = Phase.Skipping;
        }
        else if (peek.TrySee((RoutingField)name))
        {
            _pending = (RoutingField)name;
        }
    }

    private void TakeRoutingValue(ref Utf8JsonReader reader, RoutingField field)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            peek.Fail(PeekFailure.InvalidType, $"'{RoutingFields.Name(field)}' must be a string or null.", field);
            return;
        }

        if (reader.TokenType == JsonTokenType.String && !peek.Text(field).TrySet(ref reader))
        {
            peek.Fail(PeekFailure.InvalidType, $"'{RoutingFields.Name(field)}' is not valid Unicode text.", field);
            return;
        }

        long valueEnd = _position + reader.BytesConsumed;
        if (field == RoutingField.Model)
        {
            peek.ModelValue = new ByteRange(_position + reader.TokenStartIndex, valueEnd);
            peek.KeepsMembers = true;
        }
        else
        {
            // With a member before it, a cut takes the comma in front; without one, the comma behind, which is still to come.
            peek.AddCut(new ByteRange(peek.KeepsMembers ? _lastValueEnd : _memberStart, valueEnd));
            _cutTakesNextComma = !peek.KeepsMembers;
        }

        _lastValueEnd = valueEnd;
    }

    private static JsonReaderState ReadTo(string text)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isFinalBlock: false, new JsonReaderState());
        while (reader.Read())
        {
        }

        return reader.CurrentState;
    }

    private void FailJson(string reason, long behind = 0) =>
        peek.Fail(PeekFailure.InvalidJson, $"The request body must be one JSON object, but {reason} (near byte {_position + behind}).");
}
