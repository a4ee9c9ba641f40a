using System.Buffers;
using System.Text;

namespace Gateway.Benchmarks.Micro;

/// <summary>Chat requests as clients write them, of a given size, in segments of a given size.</summary>
internal static class ChatBody
{
    /// <param name="size">About so many bytes.</param>
    /// <param name="modelFirst">False puts <c>model</c> and <c>owned_by</c> behind the messages, as the official clients do.</param>
    public static byte[] Create(int size, bool modelFirst)
    {
        const string Routing = "\"model\":\"meta-llama/Llama-3.2-1B-Instruct\",\"owned_by\":\"vllm\"";
        const string Rest = "\"max_tokens\":64,\"temperature\":0.7,\"stream\":true";
        const string Sentence = "The quick brown fox said \\\"hello\\\" to the lazy dog, and then it went home.\\n";
        var text = new StringBuilder();
        while (text.Length < size - 220)
            text.Append(Sentence);

        string messages = $"\"messages\":[{{\"role\":\"system\",\"content\":\"You are helpful.\"}},{{\"role\":\"user\",\"content\":\"{text}\"}}]";
        return Encoding.UTF8.GetBytes(modelFirst ? $"{{{Routing},{messages},{Rest}}}" : $"{{{messages},{Rest},{Routing}}}");
    }

    public static ReadOnlySequence<byte> InSegments(byte[] body, int size)
    {
        if (body.Length <= size)
            return new ReadOnlySequence<byte>(body);

        var first = new Segment(body.AsMemory(0, size), 0);
        Segment last = first;
        for (int at = size; at < body.Length; at += size)
            last = last.Append(body.AsMemory(at, Math.Min(size, body.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex)
        {
            Memory = memory;
            RunningIndex = runningIndex;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
