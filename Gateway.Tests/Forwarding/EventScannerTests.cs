using System.Text;
using Gateway.Forwarding;

namespace Gateway.Tests.Forwarding;

public sealed class EventScannerTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("data: x\n\n", true)]
    [InlineData("data: x\r\n\r\n", true)]
    [InlineData("data: x\r\r", true)]
    [InlineData("\n\n", true)]
    [InlineData("data: x\n", false)]
    [InlineData("data: x\r\n", false)]
    [InlineData("data: x\n\ndata: y", false)]
    [InlineData("\n", false)]
    public void Tail_TellsWhetherAnEventHasEnded_InWhateverPieces(string stream, bool ended)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(stream);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var tail = new EventTail();
            tail.Add(bytes.AsSpan(0, cut));
            tail.Add(bytes.AsSpan(cut));
            Assert.Equal(ended, tail.EndsEvent);
        }
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("data: {\"type\":\"x\"}\n\n", 0)]
    [InlineData("data: {\"sequence_number\":0}\n\n", 1)]
    [InlineData("data: {\"sequence_number\": 41, \"a\":1}\n\n", 42)]
    [InlineData("data: {\"sequence_number\":1}\n\ndata: {\"a\":\"\\\"sequence_number\",\"sequence_number\":12}\n\n", 13)]
    [InlineData("data: {\"\"sequence_number\":7}\n\n", 8)]
    [InlineData("data: {\"sequence_number\":\"text\",\"sequence_number\":3}\n\n", 4)]
    [InlineData("data: {\"sequence_number\":5", 6)]
    public void Scanner_FindsTheLastSequenceNumber_InWhateverPieces(string stream, long next)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(stream);
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            var scanner = new SequenceNumberScanner();
            scanner.Add(bytes.AsSpan(0, cut));
            scanner.Add(bytes.AsSpan(cut));
            Assert.Equal(next, scanner.Next);
        }
    }
}
