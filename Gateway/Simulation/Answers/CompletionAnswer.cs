using System.Buffers;
using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/completions</c>.</summary>
internal sealed class CompletionAnswer : Answer
{
    private readonly string _head;
    private readonly byte[] _tokenHead;

    public CompletionAnswer(Generation generation)
        : base(generation)
    {
        _head = WireJson.OneLine(
            $$"""
            {"id":"cmpl-{{generation.Id}}","object":"text_completion","created":{{generation.Created}},
            "model":{{generation.ModelJson}},"choices":[
            """);
        _tokenHead = Encoding.UTF8.GetBytes($$"""data: {{_head}}{"index":0,"text":""" + "\"");
    }

    private string FinishReason => Generation.IsCutShort ? "length" : "stop";

    public override string Whole() => $$"""{{_head}}{{Choice(Generation.Text)}}],"usage":{{Generation.UsageJson}}}""";

    public override string[] OpeningEvents() => [];

    public override void WriteTokenEvent(IBufferWriter<byte> output, int index)
    {
        output.Write(_tokenHead);
        SimulatedText.WriteToken(output, index, Generation.PadBytes);
        output.Write("\",\"logprobs\":null,\"finish_reason\":null,\"stop_reason\":null}]}\n\n"u8);
    }

    public override string[] ClosingEvents()
    {
        string finish = Event($"{_head}{Choice("")}]}}");
        return Generation.IncludesUsage
            ? [finish, Event($$"""{{_head}}],"usage":{{Generation.UsageJson}}}"""), Event("[DONE]")]
            : [finish, Event("[DONE]")];
    }

    private string Choice(string text) =>
        $$"""{"index":0,"text":"{{text}}","logprobs":null,"finish_reason":"{{FinishReason}}","stop_reason":null,"prompt_logprobs":null}""";
}
