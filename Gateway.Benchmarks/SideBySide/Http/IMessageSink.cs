namespace Gateway.Benchmarks.SideBySide.Http;

/// <summary>Is given a message piece by piece by <see cref="MessageReader"/>.</summary>
internal interface IMessageSink
{
    void OnHead(in MessageHead head);

    void OnBody(ReadOnlySpan<byte> bytes);

    /// <summary>The last byte has come. Not called when the message is cut.</summary>
    void OnEnd();
}
