using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Gateway.Simulation.Answers;

/// <summary>Sends an answer as server-sent events: each with a flush of its own, tokens at their pace, up to the fault if there is one.</summary>
internal sealed class EventStream(Exchange exchange, Generation generation, Answer answer)
{
    private const int DefaultEventsBeforeFault = 1;

    private readonly string[] _opening = answer.OpeningEvents();
    private readonly string[] _closing = answer.ClosingEvents();

    private int EventCount => _opening.Length + generation.Tokens + _closing.Length;

    public async Task SendAsync()
    {
        HttpResponse response = exchange.Context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.Server = "uvicorn";
        await response.StartAsync(exchange.ClientLeft);

        PipeWriter output = response.BodyWriter;
        int faultAt = FaultPosition();
        for (int i = 0; i < EventCount; i++)
        {
            TimeSpan delay = DelayBefore(i);
            if (delay > TimeSpan.Zero)
            {
                // The head does not wait for the first token.
                if (i == 0)
                    await output.FlushAsync(exchange.ClientLeft);
                await exchange.DelayAsync(delay);
            }

            if (i == faultAt)
                break;
            WriteEvent(output, i);
            await output.FlushAsync(exchange.ClientLeft);
        }

        if (faultAt <= EventCount)
            await BreakOffAsync(output, faultAt);
    }

    /// <summary>How many whole events precede the fault; beyond the last one when there is none.</summary>
    private int FaultPosition()
    {
        bool breaks = exchange.Fault.At(FaultPoint.MidStream) is not null || exchange.Fault.At(FaultPoint.MidEvent) is not null;
        return breaks ? Math.Min(exchange.Fault.AfterEvents ?? DefaultEventsBeforeFault, EventCount) : int.MaxValue;
    }

    private async Task BreakOffAsync(PipeWriter output, int position)
    {
        if (exchange.Fault.At(FaultPoint.MidEvent) is not null && position < EventCount)
        {
            var whole = new ArrayBufferWriter<byte>();
            WriteEvent(whole, position);
            output.Write(whole.WrittenSpan[..(whole.WrittenCount / 2)]);
        }

        // Also when nothing was written: the head belongs to what was asked for.
        await output.FlushAsync(exchange.ClientLeft);
        if (await exchange.PassAsync(FaultPoint.MidStream))
            await exchange.PassAsync(FaultPoint.MidEvent);
    }

    /// <summary>The opening events come with the first token, as in vLLM.</summary>
    private TimeSpan DelayBefore(int index)
    {
        if (index == 0)
            return TokenClock.ToFirstToken(exchange, generation);
        bool isLaterToken = index > _opening.Length && index < _opening.Length + generation.Tokens;
        return isLaterToken ? TokenClock.ToNextToken(exchange) : TimeSpan.Zero;
    }

    private void WriteEvent(IBufferWriter<byte> output, int index)
    {
        int token = index - _opening.Length;
        if (token < 0)
        {
            Encoding.UTF8.GetBytes(_opening[index], output);
        }
        else if (token < generation.Tokens)
        {
            answer.WriteTokenEvent(output, token);
            exchange.Engine.Load.CountOutput(1);
        }
        else
        {
            Encoding.UTF8.GetBytes(_closing[token - generation.Tokens], output);
        }
    }
}
