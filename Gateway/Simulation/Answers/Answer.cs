using System.Buffers;

namespace Gateway.Simulation.Answers;

/// <summary>One API's way to tell a <see cref="Generation"/>, whole or as a stream. The texts are templates of what goes over the wire.</summary>
internal abstract class Answer(Generation generation)
{
    protected Generation Generation => generation;

    /// <summary>The body of an answer that is not a stream.</summary>
    public abstract string Whole();

    /// <summary>The events before the first token, each one whole.</summary>
    public abstract string[] OpeningEvents();

    public abstract void WriteTokenEvent(IBufferWriter<byte> output, int index);

    /// <summary>The events after the last token.</summary>
    public abstract string[] ClosingEvents();

    protected static string Event(string json) => $"data: {json}\n\n";

    protected static string Event(string name, string json) => $"event: {name}\ndata: {json}\n\n";
}
