namespace Gateway.Peeking;

/// <summary>Bytes of the body that are replaced: <paramref name="Range"/> gives way to <paramref name="Text"/>, or to as many spaces.</summary>
internal readonly record struct SpliceEdit(ByteRange Range, ReadOnlyMemory<byte> Text, bool IsBlanked = false);

/// <summary>
/// What of a body is sent on: everything, but for a few edits in the order of their place. Kept and reset from request to request.
/// </summary>
internal sealed class SplicePlan
{
    private static readonly ReadOnlyMemory<byte> Comma = ","u8.ToArray();

    // Three cuts, and for the model one replacement, or an insertion and its comma.
    private readonly SpliceEdit[] _edits = new SpliceEdit[RoutingFields.Count + 1];
    private int _count;

    public ReadOnlySpan<SpliceEdit> Edits => _edits.AsSpan(0, _count);

    /// <summary>How much longer the body becomes, in bytes; negative when it becomes shorter.</summary>
    public long LengthChange { get; private set; }

    /// <summary>Plans for a JSON body: engine members out, and <paramref name="model"/> as the value of <c>model</c> unless it is that already.</summary>
    /// <param name="peek">The body.</param>
    /// <param name="model">The name that the engine is to be asked for.</param>
    /// <param name="modelJson">The same as a JSON string.</param>
    /// <param name="modelMember">The same as a JSON member.</param>
    public void PlanJson(BodyPeek peek, ReadOnlySpan<char> model, ReadOnlyMemory<byte> modelJson, ReadOnlyMemory<byte> modelMember)
    {
        Clear();
        if (!peek.Model.Span.SequenceEqual(model))
        {
            if (peek.HasSeen(RoutingField.Model))
            {
                Add(new SpliceEdit(peek.ModelValue, modelJson));
            }
            else
            {
                var place = new ByteRange(peek.InsertAt, peek.InsertAt);
                Add(new SpliceEdit(place, modelMember));
                if (peek.KeepsMembers)
                    Add(new SpliceEdit(place, Comma));
            }
        }

        AddCuts(peek);
    }

    /// <summary>Plans for a multipart body: engine parts out, and <paramref name="model"/> as the value of a field <c>model</c> that is there.</summary>
    public void PlanMultipart(BodyPeek peek, ReadOnlySpan<char> model, ReadOnlyMemory<byte> modelUtf8)
    {
        Clear();
        if (peek.ModelValue.Length > 0 && !peek.Model.Span.SequenceEqual(model))
            Add(new SpliceEdit(peek.ModelValue, modelUtf8));
        AddCuts(peek);
    }

    /// <summary>Takes out a member that was found after the body's new length had been announced: spaces stand in for it.</summary>
    public void Blank(ByteRange range) => Add(new SpliceEdit(range, default, IsBlanked: true));

    public void Clear()
    {
        _count = 0;
        LengthChange = 0;
    }

    private void AddCuts(BodyPeek peek)
    {
        foreach (ByteRange cut in peek.Cuts)
            Add(new SpliceEdit(cut, default));
    }

    private void Add(SpliceEdit edit)
    {
        int at = _count++;
        for (; at > 0 && _edits[at - 1].Range.Start > edit.Range.Start; at--)
            _edits[at] = _edits[at - 1];
        _edits[at] = edit;
        if (!edit.IsBlanked)
            LengthChange += edit.Text.Length - edit.Range.Length;
    }
}
