using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>Anthropic's own library for JavaScript, through the gateway.</summary>
public sealed class NodeAnthropicTests : IAsyncLifetime
{
    private const string Script = "anthropic.mjs";
    private const int Tokens = 150;

    private SimulatedEngine _engine = null!;
    private TestGateway _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Name = "v" }, TestContext.Current.CancellationToken);
        _gateway = await TestGateway.StartAsync(["--Gateway:Timeouts:Idle=00:00:01"], _engine);
        await NodeClients.RequireAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await TestTime.UntilAsync(() => _gateway.InFlight == 0, "no request in flight");
        await _gateway.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task Message_IsAnsweredWhole()
    {
        NodeResult seen = await RunAsync("message");

        Assert.Equal([SimulatedText.Whole(Tokens)], seen.Pieces);
        Assert.StartsWith("msg-v-", seen["answeredBy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ComesWhole_InOrder()
    {
        NodeResult seen = await RunAsync("messageStream");

        Assert.Equal(AllTokens, seen.Pieces);
        Assert.Equal(
            ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            seen.Events.Distinct());
    }

    [Fact]
    public async Task AccumulatedStream_IsTheWholeMessage()
    {
        NodeResult seen = await RunAsync("finalMessage");

        Assert.Equal(AllTokens, seen.Pieces);
        Assert.Equal($"{Tokens}", seen["usage"]);
    }

    [Fact]
    public async Task StreamedToolCall_ComesWhole()
    {
        NodeResult seen = await RunAsync("toolStream");

        Assert.Equal("look_up", seen["tool"]);
        Assert.Equal([SimulatedText.Whole(Tokens)], seen.Pieces);
    }

    [Fact]
    public async Task Tokens_AreCounted()
    {
        NodeResult seen = await RunAsync("countTokens");

        Assert.InRange(int.Parse(seen["usage"]), 1, 100);
        Assert.Single(_engine.Requests.All, request => request.Target == "/v1/messages/count_tokens");
    }

    [Theory]
    [InlineData("unknownModel", "NotFoundError", 404, "not_found_error")]
    [InlineData("wrongType", "BadRequestError", 400, "invalid_request_error")]
    public async Task TheGatewaysOwnErrors_AreTheLibrarysClasses(string scenario, string expected, int status, string type)
    {
        NodeResult seen = await RunAsync(scenario);
        JsonElement error = seen.Error;

        Assert.Contains(expected, seen.ErrorClasses);
        Assert.Equal(status, error.GetProperty("status").GetInt32());
        Assert.Equal("error", error.GetProperty("body").GetProperty("type").GetString());
        Assert.Equal(type, error.GetProperty("body").GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(429, "RateLimitError", "rate_limit_error")]
    [InlineData(503, "InternalServerError", "overloaded_error")]
    public async Task AnEnginesOwnErrors_AreTheLibrarysClasses(int status, string expected, string type)
    {
        NodeResult seen = await RunAsync("message", ("x-sim-status", $"{status}"));
        JsonElement error = seen.Error;

        Assert.Contains(expected, seen.ErrorClasses);
        Assert.Equal(type, error.GetProperty("body").GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("messageStream", "reset", "mid-stream")]
    [InlineData("messageStream", "stall", "mid-event")]
    [InlineData("finalMessage", "close", "mid-stream")]
    [InlineData("finalMessage", "close", "mid-event")]
    [InlineData("toolStream", "close", "mid-stream")]
    public async Task CutStream_Throws_AndNeverLooksComplete(string scenario, string fault, string point)
    {
        NodeResult seen = await RunAsync(scenario, ($"x-sim-{fault}", point), ("x-sim-after", "20"));

        Assert.NotEmpty(seen.ErrorClasses);
        Assert.False(seen.Finished);
        Assert.Equal(AllTokens.Take(seen.Pieces.Count), seen.Pieces);
    }

    private static IEnumerable<string> AllTokens => Enumerable.Range(0, Tokens).Select(token => SimulatedText.Token(token));

    // A length that the engine takes from the header, so that it ends by itself before max_tokens, which this API demands.
    private Task<NodeResult> RunAsync(string scenario, params (string Name, string Value)[] headers) =>
        NodeClients.RunAsync(Script, scenario, _gateway.Url, [("x-sim-tokens", $"{Tokens}"), .. headers]);
}
