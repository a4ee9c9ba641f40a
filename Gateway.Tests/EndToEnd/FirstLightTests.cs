using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

public sealed class FirstLightTests
{
    [Theory]
    [InlineData("vllm")]
    [InlineData("sglang")]
    public async Task ChatRequest_ReachesTheEngineItNames_WithoutTheEngineMember(string engine)
    {
        await using SimulatedEngine vllm = await SimulatedEngine.StartAsync(new() { Models = ["m"] }, TestContext.Current.CancellationToken);
        await using SimulatedEngine sglang = await SimulatedEngine.StartAsync(
            new() { Models = ["m"], OwnedBy = "sglang" }, TestContext.Current.CancellationToken);
        await using TestGateway gateway = await TestGateway.StartAsync(vllm, sglang);

        using HttpResponseMessage response = await gateway.Client.PostAsJsonAsync(
            "/v1/chat/completions",
            new { model = "m", owned_by = engine, messages = new[] { new { role = "user", content = "hi" } } },
            TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(engine, Assert.Single(response.Headers.GetValues("x-owned-by")));
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("m", answer.GetProperty("model").GetString());
        Assert.Equal(0, gateway.InFlight);
    }
}
