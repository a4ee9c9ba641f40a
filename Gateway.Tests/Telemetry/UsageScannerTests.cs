using System.Text;
using Gateway.Telemetry;

namespace Gateway.Tests.Telemetry;

public sealed class UsageScannerTests
{
    [Theory]

    // vLLM and SGLang, chat and completions, with and without a last chunk of usage.
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"total_tokens\":9,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n", 7, 2, null)]
    [InlineData("data: {\"usage\":null}\n\ndata: {\"usage\":null}\n\ndata: [DONE]\n\n", null, 2, null)]
    [InlineData("data: {\"usage\": { \"prompt_tokens\" : 7 , \"completion_tokens\": 3, \"prompt_tokens_details\": {\"cached_tokens\": 4}}}\n\ndata: [DONE]\n\n", 7, 3, 4)]
    [InlineData("data: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}\n\ndata: {\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n", 7, 2, null)]

    // OpenAI's responses.
    [InlineData("event: response.created\ndata: {\"response\":{\"usage\":null}}\n\nevent: response.completed\ndata: {\"response\":{\"output\":[],\"usage\":{\"input_tokens\":5,\"input_tokens_details\":{\"cached_tokens\":1},\"output_tokens\":6,\"output_tokens_details\":{\"reasoning_tokens\":2}},\"user\":null},\"sequence_number\":9}\n\n", 5, 6, 1)]

    // Anthropic's messages: the prompt in the first event, the answer in the last but one.
    [InlineData("event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":11,\"output_tokens\":1}}}\n\nevent: content_block_delta\ndata: {}\n\nevent: message_delta\ndata: {\"delta\":{},\"usage\":{\"output_tokens\":8}}\n\nevent: message_stop\ndata: {}\n\n", 11, 8, null)]
    [InlineData("event: message_start\ndata: {\"message\":{\"usage\":{\"input_tokens\":11,\"cache_read_input_tokens\":3,\"output_tokens\":0}}}\n\ndata: {}\n\ndata: {}\n\n", 11, 3, 3)]

    // Broken off.
    [InlineData("data: {}\n\ndata: {\"usage\":{\"prompt_tokens\":7,\"completion_to", null, 1, null)]
    [InlineData("data: {}\n\ndata: {}", null, 1, null)]
    [InlineData("", null, null, null)]

    // What only looks like it.
    [InlineData("data: {\"content\":\"\\\"usage\\\":{\\\"completion_tokens\\\":99}\"}\n\n", null, 1, null)]
    [InlineData("data: {\"a\\\"usage\":{\"completion_tokens\":99}}\n\n", null, 1, null)]
    [InlineData("data: {\"x\":\"usage\"}\n\n", null, 1, null)]
    [InlineData(": \"usage\":{\"completion_tokens\":99}\n\ndata: {}\n\n: ping\n\n", null, 1, null)]
    [InlineData("data: {\"usage\":{\"completion_tokens\":\"9\",\"prompt_tokens\":-1}}\n\ndata: {}\n\n", null, 2, null)]
    [InlineData("data: {\"usage\":{\"completion_tokens\":99999999999999999999}}\n\ndata: {}\n\n", null, 2, null)]
    [InlineData("data: {\"usage\":{]}\n\ndata: {\"usage\":7}\n\n", null, 2, null)]

    // Other line ends and forms of lines.
    [InlineData("data: {}\r\n\r\ndata:{}\r\n\r\ndata:[DONE]\r\n\r\n", null, 2, null)]
    [InlineData("data: {}\r\rdata: {}\r\r", null, 2, null)]
    [InlineData("data: a\ndata: b\nid: 1\n\n\n\n\nid: 2\n\n", null, 1, null)]
    public void StreamedUsage_IsFound_InWhateverPieces(string stream, int? input, int? output, int? cached)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(stream);
        var scanner = new UsageScanner();
        for (int first = 0; first <= bytes.Length; first++)
        {
            for (int second = first; second <= bytes.Length; second++)
            {
                scanner.Begin(isEventStream: true);
                scanner.Add(bytes.AsSpan(0, first));
                scanner.Add(bytes.AsSpan(first, second - first));
                scanner.Add(bytes.AsSpan(second));
                Assert.Equal(new TokenUsage(input, output, cached), scanner.Read());
            }
        }
    }

    [Theory]
    [InlineData("{\"choices\":[],\"usage\":{\"prompt_tokens\":10,\"total_tokens\":30,\"completion_tokens\":20},\"kv_transfer_params\":null}", 10, 20)]
    [InlineData("{\"data\":[],\"usage\":{\"prompt_tokens\":10,\"total_tokens\":10}}", 10, null)]
    [InlineData("{\n  \"usage\" :\n  {\n  \"input_tokens\": 1,\r\n  \"output_tokens\": 2 }\n}", 1, 2)]
    [InlineData("{\"error\":{\"message\":\"no\"}}", null, null)]
    [InlineData("RIFF\0\0data: x\n\n", null, null)]
    public void UsageOfAnAnswerInOnePiece_IsFound(string body, int? input, int? output) =>
        Assert.Equal(new TokenUsage(input, output, null), Scan(isEventStream: false, body));

    [Fact]
    public void UsageAtTheEndOfAHugeEvent_IsFound()
    {
        string text = new('x', 3_000_000);
        string stream = $"data: {{\"text\":\"{text}\",\"usage\":{{\"input_tokens\":5,\"output_tokens\":6}}}}\n\n";

        Assert.Equal(new TokenUsage(5, 6, null), Scan(isEventStream: true, stream));
    }

    [Fact]
    public void UsageFartherFromTheEndThanIsKept_CountsAsNone()
    {
        string stream = $"data: {{}}\n\ndata: {{\"usage\":{{\"prompt_tokens\":5}},\"text\":\"{new string('x', StreamTail.Size)}\"}}\n\n";

        Assert.Equal(new TokenUsage(null, 2, null), Scan(isEventStream: true, stream));
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(10, false)]
    [InlineData(1000, false)]
    public void UsageWithEventsBehindIt_IsKeptAsLongAsTheEndIs(int events, bool isFound)
    {
        const string usage = "data: {\"usage\":{\"prompt_tokens\":5}}\n\n";
        byte[] later = Encoding.UTF8.GetBytes($"data: {{}}\n: {new string('x', (StreamTail.Size / 10) - 13)}\n\n");
        var scanner = new UsageScanner();
        scanner.Begin(isEventStream: true);
        scanner.Add("data: {}\n\n"u8);
        scanner.Add(Encoding.UTF8.GetBytes(usage));
        for (int i = 0; i < events; i++)
            scanner.Add(later);

        Assert.Equal(isFound ? 5 : null, scanner.Read().Input);
    }

    [Fact]
    public void StreamOfWholeEvents_HoldsNoBuffer()
    {
        const int streams = 100;
        var scanners = new UsageScanner[streams];

        long allocated = Allocations.Of(
            () =>
            {
                for (int i = 0; i < streams; i++)
                {
                    scanners[i] = new UsageScanner();
                    scanners[i].Begin(isEventStream: true);
                    scanners[i].Add("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}],\"usage\":null}\n\n"u8);
                    scanners[i].Add("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":null}\n\n"u8);
                }
            },
            times: 1);

        Assert.InRange(allocated, streams, streams * StreamTail.Size / 4);
    }

    [Fact]
    public void BytesWithoutALineEnd_AreNoEvent() =>
        Assert.Equal(default, Scan(isEventStream: true, "data: " + new string('{', 10 * StreamTail.Size)));

    [Fact]
    public void ManyBrokenObjects_AreGivenUpSoon() =>
        Assert.Equal(new TokenUsage(null, 1, null), Scan(isEventStream: true, $"data: {string.Concat(Enumerable.Repeat("\"usage\":{{", 1000))}\n\n"));

    [Fact]
    public void Scanning_AllocatesNothing()
    {
        byte[] events = Encoding.UTF8.GetBytes("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}\n\n");
        var scanner = new UsageScanner();

        Assert.Equal(0, Allocations.Of(() =>
        {
            scanner.Begin(isEventStream: true);
            for (int i = 0; i < 10; i++)
                scanner.Add(events);
            scanner.Read();
        }));
    }

    private static TokenUsage Scan(bool isEventStream, string text)
    {
        var scanner = new UsageScanner();
        scanner.Begin(isEventStream);
        scanner.Add(Encoding.UTF8.GetBytes(text));
        return scanner.Read();
    }
}
