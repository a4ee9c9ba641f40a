using System.Buffers;
using System.Text;
using Gateway.Peeking;

namespace Gateway.Tests.Peeking;

/// <summary>Peeks at a whole JSON body the way a request does, piece by piece, and applies the plan that follows from it.</summary>
internal sealed class Peeked
{
    public BodyPeek Peek { get; } = new();

    public JsonPeeker Peeker { get; }

    private readonly byte[] _body;

    private Peeked(byte[] body)
    {
        _body = body;
        Peeker = new JsonPeeker(Peek);
        Peeker.Reset();
    }

    public static Peeked AtOnce(string body) => InPieces(Encoding.UTF8.GetBytes(body));

    /// <summary>Lets the body arrive up to each of the cuts, then whole; the segments of what has arrived end at the cuts, too.</summary>
    public static Peeked InPieces(byte[] body, params int[] cuts)
    {
        var peeked = new Peeked(body);
        ReadOnlySequence<byte> whole = SegmentedBytes.Cut(body, cuts);
        foreach (int cut in cuts)
            peeked.Peeker.Read(whole.Slice(peeked.Peeker.Position, cut - peeked.Peeker.Position), isFinal: false);
        peeked.Peeker.Read(whole.Slice(peeked.Peeker.Position), isFinal: true);
        return peeked;
    }

    public string? Text(RoutingField field) => Peek.Text(field).IsEmpty ? null : Peek.Text(field).ToString();

    /// <summary>What would be sent on for a route that knows the model as <paramref name="model"/>.</summary>
    public byte[] Spliced(string model)
    {
        var target = new Gateway.Routing.RouteTarget([], model);
        var plan = new SplicePlan();
        plan.PlanJson(Peek, target.Model, target.ModelJson, target.ModelMember);
        byte[] spliced = Apply(plan, _body);
        Assert.Equal(_body.Length + plan.LengthChange, spliced.Length);
        return spliced;
    }

    public string SplicedText(string model) => Encoding.UTF8.GetString(Spliced(model));

    private static byte[] Apply(SplicePlan plan, byte[] body)
    {
        using var result = new MemoryStream();
        long at = 0;
        foreach (SpliceEdit edit in plan.Edits)
        {
            result.Write(body.AsSpan((int)at, (int)(edit.Range.Start - at)));
            result.Write(edit.Text.Span);
            at = edit.Range.End;
        }

        result.Write(body.AsSpan((int)at));
        return result.ToArray();
    }
}
