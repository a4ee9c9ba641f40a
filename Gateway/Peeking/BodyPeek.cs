namespace Gateway.Peeking;

/// <summary>
/// What a body asks for, and which of its bytes say so. Filled by the peeker of the body's type;
/// kept and reset from request to request, so that peeking allocates nothing.
/// </summary>
internal sealed class BodyPeek
{
    private readonly PeekedText[] _texts = [new(), new(), new(), new()];
    private readonly ByteRange[] _cuts = new ByteRange[RoutingFields.Count];
    private int _cutCount;
    private int _seen;

    public PeekFailure Failure { get; private set; }

    /// <summary>Says what is wrong and where, for <see cref="Failure"/>.</summary>
    public string FailureMessage { get; private set; } = "";

    /// <summary>The member that <see cref="Failure"/> is about, where there is one.</summary>
    public RoutingField? FailedField { get; private set; }

    public PeekedText Model => _texts[(int)RoutingField.Model];

    /// <summary>True once the member <c>stream</c> was seen to be <c>true</c>.</summary>
    public bool Stream { get; set; }

    /// <summary>The bytes of the value of <c>model</c>, quotes included; empty when the body has none.</summary>
    public ByteRange ModelValue { get; set; }

    /// <summary>Where a <c>model</c> member can be inserted: right after the opening brace.</summary>
    public long InsertAt { get; set; }

    /// <summary>Whether the body keeps a member once the cuts are made, so that an inserted one needs a comma.</summary>
    public bool KeepsMembers { get; set; }

    /// <summary>The routing members that are not sent on, in order, not overlapping.</summary>
    public ReadOnlySpan<ByteRange> Cuts => _cuts.AsSpan(0, _cutCount);

    public PeekedText Text(RoutingField field) => _texts[(int)field];

    /// <summary>Whether the member has been seen, with whatever value.</summary>
    public bool HasSeen(RoutingField field) => (_seen & (1 << (int)field)) != 0;

    /// <summary>Notes that the member stands in the body.</summary>
    /// <returns>False when it does so for the second time; then <see cref="Failure"/> is set.</returns>
    public bool TrySee(RoutingField field)
    {
        if (HasSeen(field))
        {
            Fail(PeekFailure.DuplicateField, $"'{RoutingFields.Name(field)}' stands in the request body more than once; it may stand there once.", field);
            return false;
        }

        _seen |= 1 << (int)field;
        return true;
    }

    public void AddCut(ByteRange range) => _cuts[_cutCount++] = range;

    /// <summary>Lets the last cut end later: for one that also takes the comma behind it.</summary>
    public void ExtendLastCut(long end) => _cuts[_cutCount - 1] = _cuts[_cutCount - 1] with { End = end };

    public void Fail(PeekFailure failure, string message, RoutingField? field = null)
    {
        Failure = failure;
        FailureMessage = message;
        FailedField = field;
    }

    public void Reset()
    {
        foreach (PeekedText text in _texts)
            text.SetLength(0);
        _cutCount = 0;
        _seen = 0;
        Failure = PeekFailure.None;
        FailureMessage = "";
        FailedField = null;
        Stream = false;
        ModelValue = default;
        InsertAt = 0;
        KeepsMembers = false;
    }
}
