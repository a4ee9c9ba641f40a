using Gateway.Simulation;
using Gateway.Telemetry;
using Gateway.Tests.Simulation;

namespace Gateway.Tests.Telemetry;

/// <summary>What engines answer, byte for byte, as the scanner reads it.</summary>
public sealed class EngineUsageTests : IAsyncLifetime
{
    private SimulatedEngine _engine = null!;
    private EngineClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, TestContext.Current.CancellationToken);
        _client = new EngineClient(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":7}""")]
    [InlineData("/v1/chat/completions", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":7,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("/v1/completions", """{"model":"m","prompt":"p","max_tokens":7}""")]
    [InlineData("/v1/completions", """{"model":"m","prompt":"p","max_tokens":7,"stream":true,"stream_options":{"include_usage":true}}""")]
    [InlineData("/v1/responses", """{"model":"m","input":"p","max_output_tokens":7}""")]
    [InlineData("/v1/responses", """{"model":"m","input":"p","max_output_tokens":7,"stream":true}""")]
    [InlineData("/v1/messages", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":7}""")]
    [InlineData("/v1/messages", """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":7,"stream":true}""")]
    public async Task TokensOfAnAnswer_AreRead(string path, string request)
    {
        using HttpResponseMessage response = await _client.PostAsync(path, request);
        Assert.True(response.IsSuccessStatusCode);
        TokenUsage usage = Scan(response, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        Assert.Equal(7, usage.Output);
        Assert.True(usage.Input > 0);
    }

    [Fact]
    public async Task AStreamWithoutUsage_IsCountedByItsEvents()
    {
        using HttpResponseMessage response = await _client.PostAsync("/v1/completions", """{"model":"m","prompt":"p","max_tokens":7,"stream":true}""");
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        int data = StreamEvent.Parse(System.Text.Encoding.UTF8.GetString(body)).Count(sent => sent.Data != "[DONE]");

        Assert.Equal(new TokenUsage(null, data, null), Scan(response, body));
    }

    private static TokenUsage Scan(HttpResponseMessage response, byte[] body)
    {
        var scanner = new UsageScanner();
        scanner.Begin(response.Content.Headers.ContentType?.MediaType == "text/event-stream");

        // A size that divides neither lines nor events.
        foreach (byte[] piece in body.Chunk(97))
            scanner.Add(piece);
        return scanner.Read();
    }
}
