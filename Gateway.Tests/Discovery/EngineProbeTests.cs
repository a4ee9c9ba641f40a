using Gateway.Discovery;
using Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Discovery;

public sealed class EngineProbeTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly EngineProbe _probe;

    public EngineProbeTests() => _probe = new EngineProbe(_clock);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public void Dispose() => _probe.Dispose();

    [Fact]
    public async Task AListing_GivesCardsWithAllTheirFields()
    {
        ProbeAnswer answer = await AskAsync(FakeEngine.Raw(
            """
            {"object":"list","data":[
                {"id":"a/b","owned_by":"sglang","max_model_len":4096},{"id":"lora","parent":"a/b"},{"id":"a/b"},{"id":""},7]}
            """));

        Assert.Null(answer.Error);
        Assert.Equal([("a/b", "sglang"), ("lora", null)], answer.Cards.Select(card => (card.Id, card.OwnedBy)));
        Assert.Equal(4096, answer.Cards[0].Json.GetProperty("max_model_len").GetInt32());
        Assert.Equal("a/b", answer.Cards[1].Json.GetProperty("parent").GetString());
    }

    [Theory]
    [InlineData("\"two words\"")]
    [InlineData("\"Sörver\"")]
    [InlineData("\"a\\nb\"")]
    [InlineData("\"\"")]
    [InlineData("17")]
    [InlineData("null")]
    public async Task AnOwnerThatCanNotStandInAHeader_CountsAsNone(string owner)
    {
        ProbeAnswer answer = await AskAsync(FakeEngine.Raw($$"""{"data":[{"id":"m","owned_by":{{owner}}}]}"""));

        Assert.Null(Assert.Single(answer.Cards).OwnedBy);
    }

    [Theory]
    [InlineData("<html>", "not JSON")]
    [InlineData("", "not JSON")]
    [InlineData("[]", "no array \"data\"")]
    [InlineData("{\"data\":{}}", "no array \"data\"")]
    [InlineData("{\"data\":[]}", "lists no model")]
    [InlineData("{\"data\":[{\"name\":\"m\"}]}", "has an \"id\"")]
    public async Task AMalformedAnswer_IsToldInWords(string body, string words)
    {
        ProbeAnswer answer = await AskAsync(FakeEngine.Raw(body));

        Assert.True(answer.Answered);
        Assert.Empty(answer.Cards);
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(307)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task AnotherStatus_IsToldWithWhatWasExpected(int status)
    {
        ProbeAnswer answer = await AskAsync(FakeEngine.Status(status));

        Assert.True(answer.Answered);
        Assert.Equal($"answered {status} to GET /v1/models, expected 200", answer.Error);
    }

    [Theory]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task AProxysAnswer_IsNoneOfTheEngine(int status)
    {
        ProbeAnswer answer = await AskAsync(FakeEngine.Status(status));

        Assert.False(answer.Answered);
        Assert.Equal($"answered {status} to GET /v1/models, expected 200", answer.Error);
    }

    [Fact]
    public async Task NoConnection_IsKept()
    {
        string? connection = null;
        await AskAsync(context =>
        {
            connection = context.Request.Headers.Connection;
            return FakeEngine.Listing("m")(context);
        });

        Assert.Equal("close", connection);
    }

    [Fact]
    public async Task AKey_IsSent_AndAskedForWhereItIsMissing()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.WantingKey("secret", FakeEngine.Listing("m")));

        ProbeAnswer right = await _probe.AskAsync(engine.Address, "Bearer secret", CancellationToken);
        ProbeAnswer none = await _probe.AskAsync(engine.Address, null, CancellationToken);
        ProbeAnswer wrong = await _probe.AskAsync(engine.Address, "Bearer old", CancellationToken);

        Assert.Null(right.Error);
        Assert.Contains("answered 401", none.Error, StringComparison.Ordinal);
        Assert.Contains("wants a key", none.Error, StringComparison.Ordinal);
        Assert.Contains("does not accept the configured key", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEndlessAnswer_IsCutOff()
    {
        ProbeAnswer answer = await AskAsync(async context =>
        {
            byte[] block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
        });

        Assert.Contains("longer than 4194304 bytes", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASilentEngine_IsGivenUpAfterThreeSeconds()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        Task<ProbeAnswer> asking = _probe.AskAsync(engine.Address, null, CancellationToken);
        await _clock.UntilWaitedForAsync(due => due == EngineProbe.Timeout, CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(3));

        ProbeAnswer answer = await asking;
        Assert.False(answer.Answered);
        Assert.Equal("did not answer GET /v1/models within 3 s", answer.Error);
    }

    [Fact]
    public async Task NobodyThere_IsToldInWords()
    {
        FakeEngine gone = await FakeEngine.StartOnQuietPortAsync();
        EndpointAddress address = gone.Address;
        await gone.DisposeAsync();

        ProbeAnswer answer = await _probe.AskAsync(address, null, CancellationToken);
        Assert.False(answer.Answered);
        Assert.Contains("refused", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnEngineOnHttp2InTheClear_IsAskedOverHttp2()
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(FakeEngine.Listing("m"), http2: true);

        Assert.Null((await _probe.AskAsync(engine.Address, null, CancellationToken)).Error);
    }

    private async Task<ProbeAnswer> AskAsync(Func<HttpContext, Task> answering)
    {
        await using FakeEngine engine = await FakeEngine.StartAsync(answering);
        return await _probe.AskAsync(engine.Address, null, CancellationToken);
    }
}
