using System.Text;
using Gateway.Benchmarks.SideBySide.Wire;

namespace Gateway.Benchmarks.SideBySide.Load;

/// <summary>The body of a chat request, and what an engine may receive of it.</summary>
internal sealed class ChatBody
{
    private const string Owner = $",\"owned_by\":\"{BenchmarkModel.OwnedBy}\"";
    private const string Routing = $"\"model\":\"{BenchmarkModel.Name}\"{Owner}";
    private const string Sentence = "The quick brown fox said \\\"hello\\\" to the lazy dog, and then it went home.\\n";

    private static readonly long OwnerSum = BodySum.Of(Encoding.ASCII.GetBytes(Owner));

    private readonly long _sum;

    /// <param name="size">Bytes, exactly.</param>
    /// <param name="modelFirst">False puts the members that route behind the messages, as the official clients do.</param>
    /// <param name="stream">Whether it asks for a stream.</param>
    public ChatBody(int size, bool modelFirst, bool stream)
    {
        string options = $"\"max_tokens\":64,\"temperature\":0.7,\"stream\":{(stream ? "true" : "false")}";
        string before = "{" + (modelFirst ? Routing + "," : "") + "\"messages\":[{\"role\":\"system\",\"content\":\"You are helpful.\"},{\"role\":\"user\",\"content\":\"";
        string after = "\"}]," + options + (modelFirst ? "" : "," + Routing) + "}";
        int length = size - before.Length - after.Length;
        var text = new StringBuilder(before, size);
        while (length >= Sentence.Length)
        {
            text.Append(Sentence);
            length -= Sentence.Length;
        }

        text.Append('a', length).Append(after);
        Bytes = Encoding.ASCII.GetBytes(text.ToString());
        _sum = BodySum.Of(Bytes);
    }

    public byte[] Bytes { get; }

    /// <summary>Whether an engine that got so many bytes with that sum got the client's body: as it was sent, or without the member that is for the gateway alone.</summary>
    public bool Matches(long bytes, long sum) =>
        (bytes == Bytes.Length && (sum == _sum || sum == _sum - OwnerSum + (Owner.Length * ' '))) ||
        (bytes == Bytes.Length - Owner.Length && sum == _sum - OwnerSum);
}
