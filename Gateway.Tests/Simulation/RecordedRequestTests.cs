using System.Net;
using System.Text;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class RecordedRequestTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_IsRecordedAsItCame()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);
        const string body = "{ \"model\" : \"m\", \"prompt\":\"\\u0061\", \"unknown\": 1e400 }";

        using HttpResponseMessage response = await client.PostAsync("/v1/completions?a=%2F&b", body, ("x-one", "1"), ("x-one", "2"));
        RecordedRequest request = await engine.Requests.WaitForAsync(item => item.Ended.IsCompleted, Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("POST", request.Method);
        Assert.Equal("/v1/completions?a=%2F&b", request.Target);
        Assert.Equal("HTTP/1.1", request.Protocol);
        Assert.Equal(body, request.BodyText);
        Assert.True(request.BodyComplete);
        Assert.Equal("application/json; charset=utf-8", request.Header("content-type"));
        Assert.Equal("1, 2", request.Header("X-One"));
        Assert.Null(request.Header("x-two"));
        Assert.Equal(RequestOutcome.Completed, request.Outcome);
    }

    [Fact]
    public async Task ChunkedBody_IsRecordedWithoutItsFraming()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using WireClient wire = await WireClient.ConnectAsync(engine);

        await wire.SendAsync("POST /v1/completions HTTP/1.1\r\nHost: engine\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"pr\r\n");
        RecordedRequest request = await engine.Requests.WaitForAsync(item => item.Body.Length == 4, Cancelled).WaitAsync(EngineClient.Patience, Cancelled);
        Assert.False(request.BodyEnded.IsCompleted);
        await wire.SendAsync("9\r\nompt\":\"\"}\r\n0\r\n\r\n");

        Assert.True(await request.BodyEnded.WaitAsync(EngineClient.Patience, Cancelled));
        Assert.Equal("{\"prompt\":\"\"}", request.BodyText);
    }

    [Fact]
    public async Task UploadThatBreaksOff_IsRecordedAsFarAsItCame()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using (WireClient wire = await WireClient.ConnectAsync(engine))
        {
            await wire.SendAsync("POST /v1/completions HTTP/1.1\r\nHost: engine\r\nContent-Length: 100\r\n\r\n{\"prompt\"");
            await engine.Requests.WaitForAsync(item => item.Body.Length == 9, Cancelled).WaitAsync(EngineClient.Patience, Cancelled);
        }

        RecordedRequest request = engine.Requests.All[0];
        Assert.Equal(RequestOutcome.ClientLeft, await request.Ended.WaitAsync(EngineClient.Patience, Cancelled));
        Assert.False(request.BodyComplete);
        Assert.Equal("{\"prompt\"", request.BodyText);
    }

    [Theory]
    [InlineData("x-sim-ttft-ms: 3600000")]
    [InlineData("x-sim-token-ms: 3600000")]
    [InlineData("x-sim-header-delay-ms: 3600000")]
    public async Task ClientThatLeavesWhileItWaits_IsNoticed(string delay)
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        foreach (string stream in (string[])["true", "false"])
        {
            engine.Requests.Clear();
            RecordedRequest request;
            using (WireClient wire = await WireClient.ConnectAsync(engine))
            {
                await wire.PostAsync("/v1/completions", $$"""{"model":"m","prompt":"p","stream":{{stream}}}""", delay);
                request = await engine.Requests.WaitForAsync(item => item.BodyComplete, Cancelled);
                Assert.False(request.Ended.IsCompleted);
            }

            Assert.Equal(RequestOutcome.ClientLeft, await request.Ended.WaitAsync(EngineClient.Patience, Cancelled));
        }

        Assert.Equal(0, engine.Running);
    }

    [Fact]
    public async Task ClientThatLeavesTheQueue_IsNoticed()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], MaxRunning = 1 }, Cancelled);
        using WireClient first = await WireClient.ConnectAsync(engine);
        await first.PostAsync("/v1/completions", """{"model":"m","prompt":"p","stream":true}""", "x-sim-stall: mid-stream");
        await first.ReadUntilAsync("w0");
        using (WireClient second = await WireClient.ConnectAsync(engine))
        {
            await second.PostAsync("/v1/completions", """{"model":"m","prompt":"p","stream":true}""");
            await engine.Requests.WaitForAsync(item => item.BodyComplete && item != engine.Requests.All[0], Cancelled);
        }

        Assert.Equal(RequestOutcome.ClientLeft, await engine.Requests.All[1].Ended.WaitAsync(EngineClient.Patience, Cancelled));
        Assert.Equal(0, engine.Waiting);
    }

    [Fact]
    public async Task Recording_CanBeSwitchedOff()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], Record = false }, Cancelled);
        using var client = new EngineClient(engine);

        await client.PostJsonAsync("/v1/completions", """{"model":"m","prompt":"p"}""");

        Assert.Equal(1, engine.Received);
        Assert.Empty(engine.Requests.All);
    }

    [Fact]
    public async Task LargeBody_ArrivesWhole()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        using var client = new EngineClient(engine);
        var text = new StringBuilder("{\"model\":\"m\",\"prompt\":\"").Append('p', 40_000_000).Append("\"}");

        await client.PostJsonAsync("/v1/completions", text.ToString());

        Assert.Equal(text.Length, engine.Requests.All[0].Body.Length);
    }

    [Fact]
    public async Task Http2_IsSpokenInTheClear()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], Http2 = true }, Cancelled);
        using var client = new HttpClient
        {
            BaseAddress = engine.Url,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using HttpRequestMessage good = EngineClient.Request("/v1/completions", """{"model":"m","prompt":"p","stream":true}""");
        using HttpRequestMessage reset = EngineClient.Request("/v1/completions", """{"model":"m","prompt":"p","stream":true}""", ("x-sim-reset", "mid-stream"));
        using HttpRequestMessage close = EngineClient.Request("/v1/completions", """{"model":"m","prompt":"p","stream":true}""", ("x-sim-close", "mid-stream"));
        foreach (HttpRequestMessage request in (HttpRequestMessage[])[good, reset, close])
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        using HttpResponseMessage response = await client.SendAsync(good, Cancelled);
        Assert.EndsWith("data: [DONE]\n\n", await response.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(reset, Cancelled));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(close, Cancelled));
        Assert.Equal("HTTP/2", engine.Requests.All[0].Protocol);
        Assert.Single(engine.Requests.All.Select(request => request.ConnectionId).Distinct());
    }
}
