using System.Buffers;
using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/chat/completions</c>.</summary>
internal sealed class ChatAnswer : Answer
{
    private readonly byte[] _tokenHead;
    private readonly string _chunkHead;

    public ChatAnswer(Generation generation)
        : base(generation)
    {
        _chunkHead = WireJson.OneLine(
            $$"""
            {"id":"chatcmpl-{{generation.Id}}","object":"chat.completion.chunk","created":{{generation.Created}},
            "model":{{generation.ModelJson}},"choices":[
            """);
        string delta = generation.Tool is null ? "\"content\":\"" : "\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"";
        _tokenHead = Encoding.UTF8.GetBytes($$"""data: {{_chunkHead}}{"index":0,"delta":{{{delta}}""");
    }

    /// <summary>A call that <c>tool_choice</c> names ends as any text does; one that the model chose is told apart, as in OpenAI's API.</summary>
    private string FinishReason
    {
        get
        {
            if (Generation.IsCutShort)
                return "length";
            return Generation.Tool is { IsNamed: false } ? "tool_calls" : "stop";
        }
    }

    public override string Whole()
    {
        string content = Generation.Tool is null ? $"\"{Generation.Text}\"" : "null";
        string calls = Generation.Tool is { } tool ? $"[{Call(tool, ToolArguments.Whole(Generation))}]" : "[]";
        return WireJson.OneLine(
            $$$"""
            {"id":"chatcmpl-{{{Generation.Id}}}","object":"chat.completion","created":{{{Generation.Created}}},"model":{{{Generation.ModelJson}}},
            "choices":[{"index":0,"message":{"role":"assistant","content":{{{content}}},"refusal":null,"tool_calls":{{{calls}}}},
            "logprobs":null,"finish_reason":"{{{FinishReason}}}","stop_reason":null}],
            "usage":{{{Generation.UsageJson}}},"system_fingerprint":null}
            """);
    }

    public override string[] OpeningEvents()
    {
        string role = Chunk("""{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}""");
        if (Generation.Tool is not { } tool)
            return [role];

        string call = Chunk($$$"""{"index":0,"delta":{"tool_calls":[{{{Call(tool, "", "\"index\":0,")}}}]},"logprobs":null,"finish_reason":null}""");
        return [role, call];
    }

    public override void WriteTokenEvent(IBufferWriter<byte> output, int index)
    {
        output.Write(_tokenHead);
        if (Generation.Tool is null)
        {
            SimulatedText.WriteToken(output, index, Generation.PadBytes);
            output.Write("\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
        }
        else
        {
            ToolArguments.WritePiece(output, Generation, index);
            output.Write("\"}}]},\"logprobs\":null,\"finish_reason\":null}]}\n\n"u8);
        }
    }

    public override string[] ClosingEvents()
    {
        string finish = Chunk($$"""{"index":0,"delta":{},"logprobs":null,"finish_reason":"{{FinishReason}}","stop_reason":null}""");
        return Generation.IncludesUsage
            ? [finish, Event($$"""{{_chunkHead}}],"usage":{{Generation.UsageJson}}}"""), Event("[DONE]")]
            : [finish, Event("[DONE]")];
    }

    private string Chunk(string choice) => Event($"{_chunkHead}{choice}]}}");

    private string Call(ForcedTool tool, string arguments, string index = "") => WireJson.OneLine(
        $$$"""
        {{{{index}}}"id":"{{{ToolArguments.CallId(Generation)}}}","type":"function",
        "function":{"name":{{{WireJson.Quote(tool.Name)}}},"arguments":"{{{arguments}}}"}}
        """);
}
