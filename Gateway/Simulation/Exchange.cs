using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Simulation;

/// <summary>One request and its answer, with the faults that it asked for.</summary>
internal sealed class Exchange(HttpContext context, EngineState engine, RecordedRequest? recorded)
{
    public HttpContext Context => context;

    public EngineState Engine => engine;

    public SimulatedFault Fault { get; set; } = SimulatedFault.None;

    /// <summary>Cancelled as soon as the client closes the connection or resets the stream.</summary>
    public CancellationToken ClientLeft { get; } = context.RequestAborted;

    /// <summary>Whether a fault has ended the exchange, so that nothing more may be sent.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the request's body to its end and hands it to <paramref name="parse"/>, which must not keep it.</summary>
    public async ValueTask<T> ReadBodyAsync<T>(Func<ReadOnlySequence<byte>, T> parse)
    {
        PipeReader reader = context.Request.BodyReader;
        long seen = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync(ClientLeft);
            ReadOnlySequence<byte> body = result.Buffer;
            recorded?.AppendBody(body.Slice(seen));
            seen = body.Length;
            if (!result.IsCompleted)
            {
                // Everything looked at and nothing taken: also what lets Kestrel notice that the client left.
                reader.AdvanceTo(body.Start, body.End);
                continue;
            }

            try
            {
                return parse(body);
            }
            finally
            {
                reader.AdvanceTo(body.End);
                recorded?.EndBody(complete: true);
            }
        }
    }

    public async ValueTask DiscardBodyAsync() => await ReadBodyAsync(static _ => true);

    /// <summary>Strikes with the fault that is set for this moment. False when nothing more may be sent.</summary>
    public async ValueTask<bool> PassAsync(FaultPoint point)
    {
        if (Fault.At(point) is not { } kind)
            return true;

        IsBroken = kind != FaultKind.Stall;
        if (kind == FaultKind.Close && context.Request.Protocol != HttpProtocol.Http2)
        {
            // Only our side: an abort now could overtake the end of the bytes and turn it into a reset.
            context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Send);
            await Task.Delay(Timeout.Infinite, ClientLeft);
        }

        if (kind == FaultKind.Stall)
            await Task.Delay(Timeout.Infinite, ClientLeft);
        context.Abort();
        return false;
    }

    /// <summary>What comes between the request and the answer's head. False when a fault has taken the answer's place.</summary>
    public async ValueTask<bool> BeginAnswerAsync()
    {
        if (Fault.HeaderDelay is { } delay)
            await DelayAsync(delay);
        if (!await PassAsync(FaultPoint.BeforeHeaders))
            return false;
        if (Fault.Status is not { } status)
            return true;

        await EngineErrors.SendFaultAsync(this, status);
        return false;
    }

    public Task DelayAsync(TimeSpan delay) => Task.Delay(delay, engine.Settings.Time, ClientLeft);

    /// <summary>Sends a whole answer, its length announced; half of it when a fault strikes in its middle.</summary>
    public async Task SendAsync(int status, string contentType, ReadOnlyMemory<byte> body)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.Server = "uvicorn";
        if (Fault.At(FaultPoint.MidStream) is null && Fault.At(FaultPoint.MidEvent) is null)
        {
            await response.BodyWriter.WriteAsync(body, ClientLeft);
            return;
        }

        await response.BodyWriter.WriteAsync(body[..(body.Length / 2)], ClientLeft);
        if (await PassAsync(FaultPoint.MidStream))
            await PassAsync(FaultPoint.MidEvent);
    }

    public Task SendJsonAsync(string json, int status = StatusCodes.Status200OK) =>
        SendAsync(status, "application/json", Encoding.UTF8.GetBytes(json));

    /// <summary>Hands the last bytes to the socket; closes the connection behind them when that is the fault asked for.</summary>
    public async Task EndAsync()
    {
        await context.Response.CompleteAsync();
        if (Fault.At(FaultPoint.KeepAlive) is not null)
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
    }
}
