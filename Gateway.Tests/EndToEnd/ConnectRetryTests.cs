using Gateway.Picking;
using Gateway.Simulation;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.EndToEnd;

/// <summary>Endpoints that take no connection: another one serves, and they are out until they answer again.</summary>
public sealed class ConnectRetryTests
{
    private const string Path = "/v1/chat/completions";
    private const string InTurn = "--Gateway:Routing:Picker=round-robin";

    [Theory]
    [InlineData(ChatBody.Unary, false)]
    [InlineData(ChatBody.Unary, true)]
    [InlineData(ChatBody.Stream, false)]
    [InlineData(ChatBody.Stream, true)]
    public async Task RefusedConnection_AnotherEndpointServes_AndTheDeadOneComesBack(string body, bool hasServedBefore)
    {
        await using SimulatedEngine dies = await StartEngineAsync();
        await using SimulatedEngine lives = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([InTurn], dies, lives);
        for (int i = 0; hasServedBefore && i < 2; i++)
            await AssertServedAsync(gateway, body, "vllm");
        await dies.KillAsync();

        // In turn, one of the two goes to the dead one first.
        await AssertServedAsync(gateway, body, "vllm");
        await AssertServedAsync(gateway, body, "vllm");
        Assert.Equal(EndpointState.Ejected, EndpointOf(gateway, dies).State);

        await dies.ReviveAsync(TestContext.Current.CancellationToken);
        await TestTime.UntilAsync(() => EndpointOf(gateway, dies).State == EndpointState.Ready, "the endpoint is back");
        dies.Requests.Clear();
        await AssertServedAsync(gateway, body, "vllm");
        await AssertServedAsync(gateway, body, "vllm");
        Assert.Single(dies.Requests.All, request => request.Method == "POST");
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task NoConnectRetries_TheFirstRefusalIsTheAnswer()
    {
        await using SimulatedEngine dead = await StartEngineAsync();
        await using SimulatedEngine alive = await StartEngineAsync();
        await using TestGateway gateway = await TestGateway.StartAsync([InTurn, "--Gateway:Retry:Connect=0"], dead, alive);
        await dead.KillAsync();

        int[] statuses = [(await PostAsync(gateway, ChatBody.Unary)).Status, (await PostAsync(gateway, ChatBody.Unary)).Status];

        Assert.Equal([200, 503], statuses.Order());
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task PreferredEngineDown_TheNextEngineServesWhoeverNamedNone()
    {
        await using SimulatedEngine vllm = await StartEngineAsync();
        await using SimulatedEngine sglang = await StartEngineAsync("sglang");
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Routing:DefaultOwnedBy:0=vllm"], vllm, sglang);
        await AssertServedAsync(gateway, ChatBody.Unary, "vllm");
        await vllm.KillAsync();

        await AssertServedAsync(gateway, ChatBody.Unary, "sglang");
        await AssertServedAsync(gateway, ChatBody.Stream, "sglang");
        RawMessage named = await PostAsync(gateway, """{"model":"m","owned_by":"vllm","messages":[]}""");
        Assert.Equal((503, "no_ready_endpoint"), (named.Status, named.ErrorCode));
        Assert.Equal(2, sglang.Requests.All.Count(request => request.Method == "POST"));
        await gateway.SettlesAsync();
    }

    private static async Task AssertServedAsync(TestGateway gateway, string body, string owner)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, body);
        string head = await client.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 ", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nx-owned-by: {owner}\r\n", head, StringComparison.Ordinal);
        await (body == ChatBody.Stream ? client.ReadUntilAsync(Wire.LastChunk) : client.ReadAsync(ScriptedEngine.LengthOf(head)));
    }

    private static async Task<RawMessage> PostAsync(TestGateway gateway, string body)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, body);
        return await RawMessage.ReadAsync(client);
    }

    private static LiveEndpoint EndpointOf(TestGateway gateway, SimulatedEngine engine) =>
        gateway.Services.GetRequiredService<EndpointRegistry>().All.Single(endpoint => endpoint.Address.Authority == engine.Address);

    private static Task<SimulatedEngine> StartEngineAsync(string ownedBy = "vllm") =>
        SimulatedEngine.StartAsync(new() { Models = ["m"], OwnedBy = ownedBy }, TestContext.Current.CancellationToken);
}
