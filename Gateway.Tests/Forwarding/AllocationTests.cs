using System.Buffers;
using System.Text;
using Gateway.Forwarding;
using Gateway.Peeking;
using Gateway.Telemetry;

namespace Gateway.Tests.Forwarding;

/// <summary>What the path of a request may not allocate.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Peek_AndSplicePlan_AllocateNothing()
    {
        string text = new('x', 2000);
        var body = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(
            $$"""{"messages":[{"role":"user","content":"say \"{{text}}\"\n"}],"stream":true,"model":"m","owned_by":"vllm"}"""));
        var peek = new BodyPeek();
        var peeker = new JsonPeeker(peek);
        var plan = new SplicePlan();
        ReadOnlyMemory<byte> value = "\"n\""u8.ToArray();
        ReadOnlyMemory<byte> member = "\"model\":\"n\""u8.ToArray();

        Assert.Equal(0, Allocations.Of(() =>
        {
            peek.Reset();
            peeker.Reset();
            plan.Clear();
            peeker.Read(body, isFinal: true);
            plan.PlanJson(peek, "n", value, member);
        }));
        Assert.True(peeker.IsDone);
        Assert.Equal(2, plan.Edits.Length);
    }

    [Fact]
    public void ChunkOfAStream_AllocatesNothing()
    {
        byte[] chunk = Encoding.UTF8.GetBytes($"data: {{\"choices\":[{{\"delta\":{{\"content\":\"{new string('x', 200)}\"}}}}]}}\n\n");
        var progress = new RelayProgress(isEventStream: true, ApiDialect.OpenAi);
        var scanner = new UsageScanner();
        scanner.Begin(isEventStream: true);

        Assert.Equal(0, Allocations.Of(() =>
        {
            progress.Add(chunk);
            scanner.Add(chunk);
        }));
        Assert.Equal(scanner.Events * chunk.Length, progress.Length);
    }
}
