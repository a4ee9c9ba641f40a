using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary><c>/v1/responses</c>: named events, numbered from 0 without a gap, and no <c>[DONE]</c>.</summary>
internal sealed class ResponsesAnswer : Answer
{
    private const int EventsBeforeTokens = 4;

    private readonly string _itemId;
    private readonly byte[] _tokenHead;

    public ResponsesAnswer(Generation generation)
        : base(generation)
    {
        _itemId = $"msg-{generation.Id}";
        _tokenHead = Encoding.UTF8.GetBytes(
            $$"""
            event: response.output_text.delta
            data: {"type":"response.output_text.delta","item_id":"{{_itemId}}","output_index":0,"content_index":0,"logprobs":[],"delta":"
            """);
    }

    private string Text => Part(Generation.Text);

    public override string Whole() => Response(Generation.IsCutShort ? "incomplete" : "completed");

    public override string[] OpeningEvents() =>
    [
        Numbered(0, "response.created", $"\"response\":{Response("in_progress")}"),
        Numbered(1, "response.in_progress", $"\"response\":{Response("in_progress")}"),
        Numbered(2, "response.output_item.added", $"\"output_index\":0,\"item\":{Item("in_progress", "")}"),
        Numbered(3, "response.content_part.added", $"{Place},\"part\":{Part("")}"),
    ];

    public override void WriteTokenEvent(IBufferWriter<byte> output, int index)
    {
        output.Write(_tokenHead);
        SimulatedText.WriteToken(output, index, Generation.PadBytes);
        output.Write("\",\"sequence_number\":"u8);
        Span<byte> number = output.GetSpan(16);
        (EventsBeforeTokens + index).TryFormat(number, out int written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
        output.Write("}\n\n"u8);
    }

    public override string[] ClosingEvents()
    {
        int next = EventsBeforeTokens + Generation.Tokens;
        string last = Generation.IsCutShort ? "response.incomplete" : "response.completed";
        return
        [
            Numbered(next, "response.output_text.done", $"{Place},\"logprobs\":[],\"text\":\"{Generation.Text}\""),
            Numbered(next + 1, "response.content_part.done", $"{Place},\"part\":{Text}"),
            Numbered(next + 2, "response.output_item.done", $"\"output_index\":0,\"item\":{Item("completed", Text)}"),
            Numbered(next + 3, last, $"\"response\":{Whole()}"),
        ];
    }

    private string Place => $"\"item_id\":\"{_itemId}\",\"output_index\":0,\"content_index\":0";

    private static string Numbered(int number, string type, string members) =>
        Event(type, $$"""{"type":"{{type}}",{{members}},"sequence_number":{{number}}}""");

    private static string Part(string text) => $$"""{"type":"output_text","text":"{{text}}","annotations":[],"logprobs":null}""";

    private string Item(string status, string parts) =>
        $$"""{"id":"{{_itemId}}","type":"message","role":"assistant","status":"{{status}}","content":[{{parts}}]}""";

    private string Response(string status)
    {
        bool ended = status != "in_progress";
        string output = ended ? Item("completed", Text) : "";
        string reason = Generation.IsCutShort && ended ? """{"reason":"max_output_tokens"}""" : "null";
        return WireJson.OneLine(
            $$"""
            {"id":"resp-{{Generation.Id}}","object":"response","created_at":{{Generation.Created}},"status":"{{status}}","error":null,
            "incomplete_details":{{reason}},"instructions":null,"metadata":null,"model":{{Generation.ModelJson}},"output":[{{output}}],
            "parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":{{(ended ? Usage() : "null")}}}
            """);
    }

    private string Usage() => WireJson.OneLine(
        $$$"""
        {"input_tokens":{{{Generation.PromptTokens}}},"input_tokens_details":{"cached_tokens":{{{Generation.CachedTokens}}}},
        "output_tokens":{{{Generation.Tokens}}},"output_tokens_details":{"reasoning_tokens":0},
        "total_tokens":{{{Generation.PromptTokens + Generation.Tokens}}}}
        """);
}
