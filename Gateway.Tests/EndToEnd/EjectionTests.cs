using System.Text.Json;

namespace Gateway.Tests.EndToEnd;

/// <summary>Endpoints that fail requests are taken out of service; what is not their fault does not count.</summary>
public sealed class EjectionTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task EndpointThatFailsThreeInARow_IsEjected_AndTheOtherServes()
    {
        await using ScriptedEngine bad = Answering("503 Service Unavailable");
        await using ScriptedEngine good = Answering("200 OK");
        await using TestGateway gateway = await TestGateway.StartAsync(["--Gateway:Routing:Picker=round-robin"], bad, good);

        for (int i = 0; i < 12; i++)
            Assert.Equal(200, await PostAsync(gateway));

        Assert.Equal(3, bad.Requests);
        Assert.Equal("ejected", await StateOfAsync(gateway, bad));
        Assert.Equal("ready", await StateOfAsync(gateway, good));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task AnswerThatIsTheClientsFault_DoesNotCount()
    {
        await using ScriptedEngine engine = Answering("400 Bad Request");
        await using TestGateway gateway = await TestGateway.StartAsync([], engine);

        for (int i = 0; i < 5; i++)
            Assert.Equal(400, await PostAsync(gateway));

        Assert.Equal(5, engine.Requests);
        Assert.Equal("ready", await StateOfAsync(gateway, engine));
        await gateway.SettlesAsync();
    }

    [Fact]
    public async Task PromptThatKillsItsEngine_ReachesTwoAtMost_AndCountsAgainstOne()
    {
        await using var engines = new EngineGroup(5, (connection, _) =>
        {
            connection.Leave(Farewell.Reset);
            return Task.CompletedTask;
        });
        await using TestGateway gateway = await engines.StartGatewayAsync();

        Assert.Equal(502, await PostAsync(gateway));

        Assert.Equal(2, engines.Asked);
        string[] states = await StatesAsync(gateway);
        Assert.Equal(5, states.Length);
        Assert.Single(states, "suspect");
        Assert.DoesNotContain("ejected", states);
        await gateway.SettlesAsync();
    }

    private static ScriptedEngine Answering(string status) => ScriptedEngine.Start(async (connection, head) =>
    {
        await RawMessage.ReadBodyAsync(connection, head);
        await connection.SendAsync(Wire.Answer(status, "{}"));
    });

    private static async Task<int> PostAsync(TestGateway gateway)
    {
        using RawConnection client = await RawConnection.OpenAsync(gateway.Url);
        await client.PostAsync(Path, ChatBody.Unary);
        return (await RawMessage.ReadAsync(client)).Status;
    }

    private static async Task<string> StateOfAsync(TestGateway gateway, ScriptedEngine engine) =>
        (await EndpointsAsync(gateway)).Single(endpoint => endpoint.Address.Contains(engine.Url.Authority, StringComparison.Ordinal)).State;

    private static async Task<string[]> StatesAsync(TestGateway gateway) => [.. (await EndpointsAsync(gateway)).Select(endpoint => endpoint.State)];

    private static async Task<(string Address, string State)[]> EndpointsAsync(TestGateway gateway)
    {
        using JsonDocument status = JsonDocument.Parse(await gateway.Client.GetStringAsync("/admin/api/status", TestContext.Current.CancellationToken));
        return [.. status.RootElement.GetProperty("endpoints").EnumerateArray()
            .Select(endpoint => (endpoint.GetProperty("address").GetString()!, endpoint.GetProperty("state").GetString()!))];
    }
}
