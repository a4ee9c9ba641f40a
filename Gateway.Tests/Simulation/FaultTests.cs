using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class FaultTests : IAsyncLifetime
{
    private const string Path = "/v1/completions";
    private const string Stream = """{"model":"m","prompt":"p","stream":true}""";
    private const string Whole = """{"model":"m","prompt":"p"}""";
    private const string Token0 = "\"text\":\" w0\"";

    private SimulatedEngine _engine = null!;
    private WireClient _wire = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        _wire = await WireClient.ConnectAsync(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        _wire.Dispose();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Status_ComesInTheEnginesShapeWithItsHeaders()
    {
        using var client = new EngineClient(_engine);
        using HttpResponseMessage response = await client.PostAsync(
            Path, Whole, (SimulatedFaultHeaders.Status, "503"), (SimulatedFaultHeaders.RetryAfter, "3"), (SimulatedFaultHeaders.DroppedReason, "rejected-saturated"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(3), response.Headers.RetryAfter?.Delta);
        Assert.Equal(["rejected-saturated"], response.Headers.GetValues("x-llm-d-request-dropped-reason"));
        Assert.Equal(503, (await EngineClient.JsonOfAsync(response)).GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("before-body")]
    [InlineData("before-headers")]
    public async Task ResetBeforeHeaders_SendsNothing(string point)
    {
        await _wire.PostAsync(Path, Stream, $"x-sim-reset: {point}");

        Assert.Equal(SocketError.ConnectionReset, await _wire.ReadToEndAsync());
        Assert.Empty(_wire.Received);
        Assert.Equal(RequestOutcome.Faulted, await EndedAsync());
    }

    [Fact]
    public async Task ResetMidStream_ComesAfterThatManyWholeEvents()
    {
        await _wire.PostAsync(Path, Stream, "x-sim-reset: mid-stream", "x-sim-after: 3");

        Assert.Equal(SocketError.ConnectionReset, await _wire.ReadToEndAsync());
        Assert.Equal(3, CountEvents());
        Assert.EndsWith("\n\n\r\n", _wire.Received, StringComparison.Ordinal);
        Assert.Equal(RequestOutcome.Faulted, await EndedAsync());
    }

    [Fact]
    public async Task ResetMidEvent_LeavesHalfAnEvent()
    {
        await _wire.PostAsync(Path, Stream, "x-sim-reset: mid-event", "x-sim-after: 2");

        Assert.Equal(SocketError.ConnectionReset, await _wire.ReadToEndAsync());
        Assert.Equal(2, CountEvents());
        string rest = _wire.Received[(_wire.Received.LastIndexOf("\n\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Contains("data: {\"id\":\"cmpl-", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetAfterTheLastEvent_WithholdsTheEndOfTheStream()
    {
        await _wire.PostAsync(Path, Stream, "x-sim-reset: mid-stream", "x-sim-after: 1000");

        Assert.Equal(SocketError.ConnectionReset, await _wire.ReadToEndAsync());
        Assert.EndsWith("data: [DONE]\n\n\r\n", _wire.Received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ResetOfAWholeAnswer_LeavesHalfOfItsBody()
    {
        await _wire.PostAsync(Path, Whole, "x-sim-reset: mid-stream");

        Assert.Equal(SocketError.ConnectionReset, await _wire.ReadToEndAsync());
        string[] parts = _wire.Received.Split("\r\n\r\n");
        int length = int.Parse(parts[0].Split("Content-Length: ")[1].Split("\r\n")[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(length / 2, parts[1].Length);
    }

    [Theory]
    [InlineData("before-headers", 0)]
    [InlineData("mid-stream", 1)]
    public async Task Close_EndsTheBytesInOrder(string point, int events)
    {
        await _wire.PostAsync(Path, Stream, $"x-sim-close: {point}");

        Assert.Null(await _wire.ReadToEndAsync());
        Assert.Equal(events, CountEvents());
        Assert.DoesNotContain("\r\n0\r\n", _wire.Received, StringComparison.Ordinal);
        _wire.Dispose();
        Assert.Equal(RequestOutcome.Faulted, await EndedAsync());
    }

    [Fact]
    public async Task CloseKeepAlive_ComesAfterTheWholeAnswerUnannounced()
    {
        await _wire.PostAsync(Path, Whole, "x-sim-close: keep-alive");

        Assert.Null(await _wire.ReadToEndAsync());
        string[] parts = _wire.Received.Split("\r\n\r\n");
        Assert.DoesNotContain("Connection:", parts[0], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(SimulatedText.Whole(16), JsonElement.Parse(parts[1]).GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(RequestOutcome.Completed, await EndedAsync());
    }

    [Theory]
    [InlineData("before-body", null)]
    [InlineData("before-headers", null)]
    [InlineData("mid-stream", Token0)]
    [InlineData("mid-event", Token0)]
    public async Task Stall_LastsUntilTheClientLeaves(string point, string? lastSeen)
    {
        await _wire.PostAsync(Path, Stream, $"x-sim-stall: {point}");
        RecordedRequest request = await _engine.Requests.WaitForAsync(_ => true, Cancelled);
        if (lastSeen is not null)
            await _wire.ReadUntilAsync(lastSeen);

        Assert.False(request.Ended.IsCompleted);
        _wire.Dispose();

        Assert.Equal(RequestOutcome.ClientLeft, await EndedAsync());
        Assert.Equal(1, _engine.ClientsLeft);
    }

    [Fact]
    public async Task Head_DoesNotWaitForTheFirstToken()
    {
        await _wire.PostAsync(Path, Stream, "x-sim-ttft-ms: 3600000");

        await _wire.ReadUntilAsync("text/event-stream");
        await _wire.ReadUntilAsync("\r\n\r\n");
        Assert.Equal(0, CountEvents());
    }

    [Fact]
    public async Task EngineFault_StrikesTheNextRequestsOnlyAndNoProbe()
    {
        using var client = new EngineClient(_engine);
        _engine.Fault = new SimulatedFault { Status = 500, Requests = 2 };

        using HttpResponseMessage probe = await client.GetAsync("/v1/models");
        var statuses = new List<HttpStatusCode>();
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await client.PostAsync(Path, Whole);
            statuses.Add(response.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        Assert.Equal([HttpStatusCode.InternalServerError, HttpStatusCode.InternalServerError, HttpStatusCode.OK], statuses);
        Assert.Null(_engine.Fault);
    }

    [Fact]
    public async Task EngineFault_MayIncludeProbesAndGivesWayToHeaders()
    {
        using var client = new EngineClient(_engine);
        _engine.Fault = new SimulatedFault { Status = 500, IncludesProbes = true };

        using HttpResponseMessage probe = await client.GetAsync("/v1/models");
        using HttpResponseMessage asked = await client.PostAsync(Path, Whole, (SimulatedFaultHeaders.Status, "429"));

        Assert.Equal(HttpStatusCode.InternalServerError, probe.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, asked.StatusCode);
    }

    [Theory]
    [InlineData("x-sim-reset", "sometimes", "before-body, before-headers, mid-stream, mid-event")]
    [InlineData("x-sim-stall", "keep-alive", "before-body, before-headers, mid-stream, mid-event")]
    [InlineData("x-sim-status", "200", "400 to 599")]
    public async Task WrongHeader_IsRefusedByName(string name, string value, string allowed)
    {
        using var client = new EngineClient(_engine);
        using HttpResponseMessage response = await client.PostAsync(Path, Whole, (name, value));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        string message = (await EngineClient.JsonOfAsync(response)).GetProperty("error").GetProperty("message").GetString()!;
        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(allowed, message, StringComparison.Ordinal);
    }

    private int CountEvents() => _wire.Received.Split("\n\n\r\n").Length - 1;

    private async Task<RequestOutcome> EndedAsync()
    {
        RecordedRequest request = await _engine.Requests.WaitForAsync(_ => true, Cancelled);
        return await request.Ended.WaitAsync(EngineClient.Patience, Cancelled);
    }
}
