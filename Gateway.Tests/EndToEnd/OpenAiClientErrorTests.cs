using System.ClientModel;
using System.Text.Json;
using Gateway.Simulation;
using OpenAI;
using OpenAI.Chat;

namespace Gateway.Tests.EndToEnd;

/// <summary>The official client library of OpenAI, through the gateway: errors, and what the library's own retries make of them.</summary>
public sealed class OpenAiClientErrorTests : IAsyncLifetime
{
    private SimulatedEngine _engine = null!;
    private TestGateway _gateway = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _engine = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, Cancelled);
        _gateway = await TestGateway.StartAsync(_engine);
    }

    public async ValueTask DisposeAsync()
    {
        await TestTime.UntilAsync(() => _gateway.InFlight == 0, "no request in flight");
        await _gateway.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task UnknownModel_Is404_ThatNamesTheModel()
    {
        (int status, JsonElement error) = await FailAsync(OpenAiClients.Create(_gateway), "no/such-model");

        Assert.Equal(404, status);
        Assert.Equal("model_not_found", error.GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Contains("no/such-model", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, Posts());
    }

    [Fact]
    public async Task UnknownEngine_Is404_ThatNamesTheEnginesThereAre()
    {
        (int status, JsonElement error) = await FailAsync(OpenAiClients.Create(_gateway, ("x-owned-by", "tgi")), "m");

        Assert.Equal(404, status);
        Assert.Equal("owned_by", error.GetProperty("param").GetString());
        Assert.Contains("vllm", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownModel_OnAStream_Is404_BeforeTheFirstUpdate()
    {
        AsyncCollectionResult<StreamingChatCompletionUpdate> stream = OpenAiClients.Create(_gateway).GetChatClient("unknown")
            .CompleteChatStreamingAsync([new UserChatMessage("p")], cancellationToken: Cancelled);

        ClientResultException thrown = await Assert.ThrowsAsync<ClientResultException>(
            async () => await stream.GetAsyncEnumerator(Cancelled).MoveNextAsync());

        Assert.Equal(404, thrown.Status);
    }

    [Fact]
    public async Task MalformedBody_Is400()
    {
        using BinaryContent body = BinaryContent.Create(BinaryData.FromString("""{"model":"m","messages":["""));

        ClientResultException thrown = await Assert.ThrowsAsync<ClientResultException>(
            () => OpenAiClients.Create(_gateway).GetChatClient("m").CompleteChatAsync(body));

        Assert.Equal(400, thrown.Status);
        Assert.Equal("invalid_json", ErrorOf(thrown).GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(422)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task EnginesOwnError_PassesUnchanged(int wanted)
    {
        _engine.Fault = new SimulatedFault { Status = wanted, RetryAfter = 7 };

        ClientResultException thrown = await Assert.ThrowsAsync<ClientResultException>(
            () => ChatAsync(OpenAiClients.Create(_gateway), "m"));

        Assert.Equal(wanted, thrown.Status);
        Assert.Equal($"simulated fault {wanted}", ErrorOf(thrown).GetProperty("message").GetString());
        Assert.Equal(wanted, ErrorOf(thrown).GetProperty("code").GetInt32());
        Assert.True(thrown.GetRawResponse()!.Headers.TryGetValue("Retry-After", out string? retryAfter));
        Assert.Equal("7", retryAfter);
        Assert.Equal(1, Posts());
    }

    [Fact]
    public async Task DeadEngine_Is503_ThatInvitesToComeAgain()
    {
        await _engine.KillAsync();

        ClientResultException thrown = await Assert.ThrowsAsync<ClientResultException>(
            () => ChatAsync(OpenAiClients.Create(_gateway), "m"));

        Assert.Equal(503, thrown.Status);
        Assert.Equal("no_ready_endpoint", ErrorOf(thrown).GetProperty("code").GetString());
        Assert.True(thrown.GetRawResponse()!.Headers.TryGetValue("Retry-After", out string? seconds));
        Assert.InRange(int.Parse(seconds!), 1, 60);
    }

    [Fact]
    public async Task TheLibrarysOwnRetry_GetsTheAnswer_OnceTheEngineHasCaughtItself()
    {
        _engine.Fault = new SimulatedFault { Status = 503, Requests = 2 };

        ChatCompletion answer = await ChatAsync(OpenAiClients.CreateWithDefaultRetries(_gateway), "m");

        Assert.Equal(SimulatedText.Whole(16), answer.Content[0].Text);
        Assert.Equal(3, Posts());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    public async Task TheLibrarysOwnRetry_LeavesRefusalsAlone(int status)
    {
        _engine.Fault = new SimulatedFault { Status = status };

        await Assert.ThrowsAsync<ClientResultException>(() => ChatAsync(OpenAiClients.CreateWithDefaultRetries(_gateway), "m"));

        Assert.Equal(1, Posts());
    }

    private int Posts() => _engine.Requests.All.Count(request => request.Method == "POST");

    private static async Task<ChatCompletion> ChatAsync(OpenAIClient client, string model) =>
        await client.GetChatClient(model).CompleteChatAsync([new UserChatMessage("p")], cancellationToken: Cancelled);

    private static async Task<(int Status, JsonElement Error)> FailAsync(OpenAIClient client, string model)
    {
        ClientResultException thrown = await Assert.ThrowsAsync<ClientResultException>(() => ChatAsync(client, model));
        return (thrown.Status, ErrorOf(thrown));
    }

    private static JsonElement ErrorOf(ClientResultException thrown) =>
        thrown.GetRawResponse()!.Content.ToObjectFromJson<JsonElement>().GetProperty("error");
}
