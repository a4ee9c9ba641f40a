using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

/// <summary>OpenAI's own library for JavaScript, through the gateway.</summary>
public sealed class NodeOpenAiTests : IAsyncLifetime
{
    private const string Script = "openai.mjs";
    private const string Model = "meta-llama/Llama-3.2-1B-Instruct";
    private const int Tokens = 150;

    private SimulatedEngine _vllm = null!;
    private SimulatedEngine _sglang = null!;
    private TestGateway _gateway = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vllm = await SimulatedEngine.StartAsync(new() { Name = "v", OutputTokens = Tokens }, Cancelled);
        _sglang = await SimulatedEngine.StartAsync(new() { Name = "s", OwnedBy = "sglang", OutputTokens = Tokens }, Cancelled);
        _gateway = await TestGateway.StartAsync(
            ["--Gateway:Timeouts:Idle=00:00:01", "--Gateway:Routing:DefaultOwnedBy:0=vllm"], _vllm, _sglang);
        await NodeClients.RequireAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await TestTime.UntilAsync(() => _gateway.InFlight == 0, "no request in flight");
        await _gateway.DisposeAsync();
        await _vllm.DisposeAsync();
        await _sglang.DisposeAsync();
    }

    [Fact]
    public async Task Chat_IsAnsweredWhole()
    {
        NodeResult seen = await RunAsync("chat");

        Assert.Equal([SimulatedText.Whole(Tokens)], seen.Pieces);
        Assert.StartsWith("chatcmpl-v-", seen["answeredBy"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Engine_NamedByHeaderOrInTheBody_Answers()
    {
        NodeResult byHeader = await RunAsync("chat", ("x-owned-by", "sglang"));
        NodeResult byBody = await RunAsync("engineInBody");

        Assert.StartsWith("chatcmpl-s-", byHeader["answeredBy"], StringComparison.Ordinal);
        Assert.StartsWith("chatcmpl-s-", byBody["answeredBy"], StringComparison.Ordinal);
        Assert.DoesNotContain(_sglang.Requests.All, request => request.BodyText.Contains("owned_by", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_ComesWhole_InOrder_WithItsUsage()
    {
        NodeResult seen = await RunAsync("chatStream");

        Assert.Equal(AllTokens, seen.Pieces);
        Assert.Equal($"{Tokens}", seen["usage"]);
    }

    [Theory]
    [InlineData("tool")]
    [InlineData("toolStream")]
    public async Task ToolCall_ComesWhole(string scenario)
    {
        NodeResult seen = await RunAsync(scenario);

        Assert.Equal("look_up", seen["tool"]);
        Assert.Equal([SimulatedText.Whole(Tokens)], seen.Pieces);
    }

    [Fact]
    public async Task StreamedResponse_ComesWhole_InOrder()
    {
        NodeResult seen = await RunAsync("responseStream");

        Assert.Equal(AllTokens, seen.Pieces);
        Assert.Equal(Enumerable.Range(0, seen.Events.Count()).Select(number => $"{number}"), seen.Events);
        Assert.True(seen.Finished);
    }

    [Fact]
    public async Task Embeddings_Models_AndTranscription_AreRead()
    {
        NodeResult embeddings = await RunAsync("embeddings");
        NodeResult models = await RunAsync("models");
        NodeResult transcription = await RunAsync("transcription");

        Assert.Equal(["8", "8"], embeddings.Pieces);
        Assert.Equal([$"{Model} on sglang", $"{Model} on vllm"], models.Pieces.Order());
        Assert.Equal(Model, models["shown"]);
        Assert.Equal([SimulatedText.Whole(Tokens)], transcription.Pieces);
    }

    [Theory]
    [InlineData("unknownModel", "NotFoundError", 404, "model_not_found")]
    [InlineData("unknownPath", "NotFoundError", 404, "unknown_url")]
    [InlineData("wrongType", "BadRequestError", 400, "invalid_type")]
    public async Task TheGatewaysOwnErrors_AreTheLibrarysClasses(string scenario, string expected, int status, string code)
    {
        NodeResult seen = await RunAsync(scenario);
        JsonElement error = seen.Error;

        Assert.Contains(expected, seen.ErrorClasses);
        Assert.Equal(status, error.GetProperty("status").GetInt32());
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Matches("^[A-Za-z0-9._-]+$", error.GetProperty("requestId").GetString());
    }

    [Theory]
    [InlineData(429, "RateLimitError")]
    [InlineData(422, "UnprocessableEntityError")]
    [InlineData(503, "InternalServerError")]
    public async Task AnEnginesOwnErrors_AreTheLibrarysClasses(int status, string expected)
    {
        NodeResult seen = await RunAsync("chat", ("x-sim-status", $"{status}"));
        JsonElement error = seen.Error;

        Assert.Contains(expected, seen.ErrorClasses);
        Assert.Contains($"simulated fault {status}", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLibrarysOwnRetry_GetsTheAnswer_OnceTheEngineHasCaughtItself()
    {
        _vllm.Fault = new SimulatedFault { Status = 503, Requests = 1 };

        NodeResult seen = await RunAsync("chat", ("x-owned-by", "vllm"));

        Assert.Equal([SimulatedText.Whole(Tokens)], seen.Pieces);
        Assert.Equal(2, Posts());
    }

    [Fact]
    public async Task TheLibrarysOwnRetry_ObeysTheGateway_WhenTheEngineMayBeAtWorkStill()
    {
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Timeouts:FirstByteUnary=00:00:00.5"], _vllm);

        NodeResult seen = await NodeClients.RunAsync(Script, "chat", gateway.Url, ("x-sim-stall", "before-headers"));

        Assert.Equal(504, seen.Error.GetProperty("status").GetInt32());
        Assert.Equal(1, Posts());
        await TestTime.UntilAsync(() => gateway.InFlight == 0, "no request in flight");
    }

    [Theory]
    [InlineData("chatStream", "reset", "mid-stream")]
    [InlineData("chatStream", "stall", "mid-event")]
    [InlineData("toolStream", "close", "mid-stream")]
    [InlineData("toolStream", "close", "mid-event")]
    public async Task CutStream_Throws_AndNeverLooksComplete(string scenario, string fault, string point)
    {
        NodeResult seen = await RunAsync(scenario, ($"x-sim-{fault}", point), ("x-sim-after", "20"));

        Assert.NotEmpty(seen.ErrorClasses);
        Assert.False(seen.Finished);
        Assert.Equal(AllTokens.Take(seen.Pieces.Count), seen.Pieces);
    }

    private static IEnumerable<string> AllTokens => Enumerable.Range(0, Tokens).Select(token => SimulatedText.Token(token));

    private int Posts() => _vllm.Requests.All.Count(request => request.Method == "POST");

    private Task<NodeResult> RunAsync(string scenario, params (string Name, string Value)[] headers) =>
        NodeClients.RunAsync(Script, scenario, _gateway.Url, headers);
}
