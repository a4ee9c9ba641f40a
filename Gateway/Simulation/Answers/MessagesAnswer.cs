using System.Buffers;
using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/messages</c>, Anthropic's API.</summary>
internal sealed class MessagesAnswer(Generation generation) : Answer(generation)
{
    private static readonly byte[] TextHead = Head("text_delta", "text");
    private static readonly byte[] ToolHead = Head("input_json_delta", "partial_json");

    private string StopReason
    {
        get
        {
            if (Generation.IsCutShort)
                return "max_tokens";
            return Generation.Tool is null ? "end_turn" : "tool_use";
        }
    }

    public override string Whole()
    {
        string block = Generation.Tool is null
            ? $$"""{"type":"text","text":"{{Generation.Text}}"}"""
            : Call($$"""{"text":"{{Generation.Text}}"}""");
        return Message(block, $"\"{StopReason}\"", Generation.Tokens);
    }

    public override string[] OpeningEvents()
    {
        string block = Generation.Tool is null ? """{"type":"text","text":""}""" : Call("{}");
        return
        [
            Event("message_start", $$"""{"type":"message_start","message":{{Message("", "null", outputTokens: 0)}}}"""),
            Event("content_block_start", $$"""{"type":"content_block_start","index":0,"content_block":{{block}}}"""),
        ];
    }

    public override void WriteTokenEvent(IBufferWriter<byte> output, int index)
    {
        if (Generation.Tool is null)
        {
            output.Write(TextHead);
            SimulatedText.WriteToken(output, index, Generation.PadBytes);
        }
        else
        {
            output.Write(ToolHead);
            ToolArguments.WritePiece(output, Generation, index);
        }

        output.Write("\"}}\n\n"u8);
    }

    public override string[] ClosingEvents()
    {
        string delta = WireJson.OneLine(
            $$$"""
            {"type":"message_delta","delta":{"stop_reason":"{{{StopReason}}}","stop_sequence":null},
            "usage":{{{Usage(Generation.Tokens)}}}}
            """);
        return
        [
            Event("content_block_stop", """{"type":"content_block_stop","index":0}"""),
            Event("message_delta", delta),
            Event("message_stop", """{"type":"message_stop"}"""),
        ];
    }

    private string Message(string content, string stopReason, int outputTokens) => WireJson.OneLine(
        $$"""
        {"id":"msg-{{Generation.Id}}","type":"message","role":"assistant","content":[{{content}}],"model":{{Generation.ModelJson}},
        "stop_reason":{{stopReason}},"stop_sequence":null,"usage":{{Usage(outputTokens)}}}
        """);

    private string Call(string input) => WireJson.OneLine(
        $$"""
        {"type":"tool_use","id":"{{ToolArguments.CallId(Generation)}}","name":{{WireJson.Quote(Generation.Tool!.Name)}},"input":{{input}}}
        """);

    // What was read from the cache is not counted among the input tokens.
    private string Usage(int outputTokens) => WireJson.OneLine(
        $$"""
        {"input_tokens":{{Generation.PromptTokens - Generation.CachedTokens}},
        "cache_read_input_tokens":{{Generation.CachedTokens}},"output_tokens":{{outputTokens}}}
        """);

    private static byte[] Head(string type, string member) => Encoding.UTF8.GetBytes(
        $$"""
        event: content_block_delta
        data: {"type":"content_block_delta","index":0,"delta":{"type":"{{type}}","{{member}}":"
        """);
}
