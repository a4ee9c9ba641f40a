using Gateway.Benchmarks.SideBySide.Http;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>Checks the answer to one request after the other of a connection.</summary>
internal interface IReply
{
    void Begin(long number, long due);

    void Take(ReadOnlySpan<byte> body);

    /// <returns>What is wrong with the whole answer, or null.</returns>
    string? End();

    static bool IsSuccess(in MessageHead head) => head.FirstLine.StartsWith("HTTP/1.1 200"u8);
}
