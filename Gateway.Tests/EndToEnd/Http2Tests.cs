using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>HTTP/2 in the clear on either side of the gateway, and on both.</summary>
public sealed class Http2Tests
{
    private const int Tokens = 50;
    private const string StreamBody = """{"model":"m","stream":true,"messages":[{"role":"user","content":"hi"}]}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HundredStreamsOnOneConnection_AreEachCompleteAndInOrder()
    {
        const int Streams = 100;
        await using SimulatedEngine engine = await StartEngineAsync(http2: false);
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}");

        // Slow enough that all of them are under way at once.
        engine.Fault = new SimulatedFault { TimePerToken = TimeSpan.FromMilliseconds(2) };
        string[] streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => ReadStreamAsync(gateway))).SoonAsync();

        foreach (string stream in streams)
            Assert.Equal(SimulatedText.Whole(Tokens), ContentOf(stream));
        Assert.Equal(Streams, streams.Select(stream => stream[..stream.IndexOf(",\"object\"", StringComparison.Ordinal)]).Distinct().Count());
        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 0)]
    [InlineData(true, true, 0)]
    [InlineData(true, false, 100_000)]
    [InlineData(false, true, 100_000)]
    [InlineData(true, true, 100_000)]
    public async Task AnswerInOnePieceAndStream_AreComplete(bool clientSide, bool engineSide, int padding)
    {
        await using SimulatedEngine engine = await StartEngineAsync(engineSide);
        await using TestGateway gateway = await StartGatewayAsync(engine, clientSide);
        engine.Fault = new SimulatedFault { PadBytes = padding };
        string expected = SimulatedText.Whole(Tokens, padding);

        using (HttpResponseMessage response = await SendAsync(gateway, new StringContent(StreamBody.Replace("true", "false", StringComparison.Ordinal), Encoding.UTF8, "application/json")))
        {
            JsonElement answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled));
            Assert.Equal(expected, answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        }

        Assert.Equal(expected, ContentOf(await ReadStreamAsync(gateway)));
        Assert.All(
            engine.Requests.All.Where(request => request.Method == "POST"), request => Assert.Equal(engineSide ? "HTTP/2" : "HTTP/1.1", request.Protocol));
        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, true, true)]
    [InlineData(true, true, false)]
    public async Task FiveMegabytes_ArriveByteForByte(bool clientSide, bool engineSide, bool modelFirst)
    {
        await using SimulatedEngine engine = await StartEngineAsync(engineSide);
        await using TestGateway gateway = await StartGatewayAsync(engine, clientSide);

        string messages = $$"""
            "messages":[{"role":"user","content":"{{string.Concat(Enumerable.Range(0, 900_000).Select(i => $"{i % 997} é "))}}"}]
            """;
        string body = modelFirst ? $$"""{"model":"m","owned_by":"vllm",{{messages}}}""" : $$"""{{{messages}},"engine":null,"model":"m"}""";
        string expected = modelFirst ? $$"""{"model":"m",{{messages}}}""" : $$"""{{{messages}},"model":"m"}""";
        Assert.InRange(body.Length, 5_000_000, 6_000_000);

        using HttpResponseMessage response = await SendAsync(gateway, new StringContent(body, Encoding.UTF8, "application/json"));
        RecordedRequest arrived = await engine.Requests.WaitForAsync(request => request.Method == "POST", Cancelled).SoonAsync();
        Assert.True(expected == arrived.BodyText, $"{arrived.Body.Length} bytes arrived, or others than were expected.");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await gateway.AssertIdleAsync();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task ClientThatLeavesInTheMiddle_EndsTheEnginesWork_AndHarmsNoOther(bool clientSide, bool engineSide)
    {
        await using SimulatedEngine engine = await StartEngineAsync(engineSide);
        await using TestGateway gateway = await StartGatewayAsync(engine, clientSide);
        engine.Fault = new SimulatedFault { Stall = FaultPoint.MidStream, AfterEvents = 3, Requests = 1 };

        using (HttpResponseMessage response = await SendAsync(gateway, new StringContent(StreamBody, Encoding.UTF8, "application/json")))
        await using (Stream stream = await response.Content.ReadAsStreamAsync(Cancelled))
        {
            Assert.True(await stream.ReadAsync(new byte[100], Cancelled) > 0);
            Assert.Equal(ContentOf(await ReadStreamAsync(gateway)), SimulatedText.Whole(Tokens));
            Assert.Equal(1, gateway.InFlight);
        }

        RecordedRequest left = engine.Requests.All.First(request => request.Method == "POST");
        Assert.Equal(RequestOutcome.ClientLeft, await left.Ended.SoonAsync());
        await gateway.AssertIdleAsync();
        Assert.Equal(SimulatedText.Whole(Tokens), ContentOf(await ReadStreamAsync(gateway)));
    }

    [Theory]
    [InlineData("application/json", 200_000, 413)]
    [InlineData("text/plain", 50_000, 415)]
    [InlineData("application/json", 50_000, 400)]
    public async Task RefusedStream_IsToldWhy_AndTheConnectionServesOn(string type, int length, int status)
    {
        await using SimulatedEngine engine = await StartEngineAsync(http2: false);
        await using TestGateway gateway = await TestGateway.StartHttp2Async($"--engine={engine.Url}", "--Gateway:Limits:MaxRequestBodyBytes=100000");

        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage response = await SendAsync(gateway, new StringContent(new string('[', length), Encoding.UTF8, type));
            Assert.Equal(status, (int)response.StatusCode);
            JsonElement answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled));
            Assert.NotEmpty(answer.GetProperty("error").GetProperty("message").GetString()!);
            Assert.Equal(SimulatedText.Whole(Tokens), ContentOf(await ReadStreamAsync(gateway)));
        }

        await gateway.AssertIdleAsync();
    }

    private static Task<SimulatedEngine> StartEngineAsync(bool http2) =>
        SimulatedEngine.StartAsync(new() { Models = ["m"], OutputTokens = Tokens, Http2 = http2 }, Cancelled);

    private static Task<TestGateway> StartGatewayAsync(SimulatedEngine engine, bool clientSide)
    {
        string[] arguments =
            [$"--Gateway:Engines:0:Url={engine.Url}", $"--Gateway:Engines:0:AppProtocol={(engine.Settings.Http2 ? "kubernetes.io/h2c" : "http")}"];
        return clientSide ? TestGateway.StartHttp2Async(arguments) : TestGateway.StartWithAsync(arguments);
    }

    private static async Task<HttpResponseMessage> SendAsync(TestGateway gateway, HttpContent content)
    {
        using HttpRequestMessage request = gateway.IsHttp2
            ? Http2Requests.Post("/v1/chat/completions", content)
            : new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = content };
        HttpResponseMessage response = await gateway.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal(gateway.IsHttp2 ? HttpVersion.Version20 : HttpVersion.Version11, response.Version);
        return response;
    }

    private static async Task<string> ReadStreamAsync(TestGateway gateway)
    {
        using HttpResponseMessage response = await SendAsync(gateway, new StringContent(StreamBody, Encoding.UTF8, "application/json"));
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    private static string ContentOf(string stream)
    {
        string[] events = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var text = new StringBuilder();
        foreach (string line in events[..^1])
        {
            JsonElement delta = JsonElement.Parse(line["data: ".Length..]).GetProperty("choices")[0].GetProperty("delta");
            text.Append(delta.TryGetProperty("content", out JsonElement content) ? content.GetString() : "");
        }

        return text.ToString();
    }
}
