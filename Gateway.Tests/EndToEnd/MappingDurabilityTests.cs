using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Simulation;
using Gateway.Tests.Admin;

namespace Gateway.Tests.EndToEnd;

/// <summary>What the admin API has acknowledged is there after the process was killed.</summary>
[Collection(GatewayProcess.Turns)]
public sealed class MappingDurabilityTests
{
    private const int Rounds = 5;
    private const int Writers = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task KillRightAfterTheAcknowledgement_KeepsTheMapping()
    {
        using var folder = new TemporaryFolder();
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["served"] }, Cancelled);
        string[] arguments = ["--Gateway:State:Path", folder.File("routes.json")];

        for (int round = 1; round <= Rounds; round++)
        {
            await using (GatewayProcess gateway = await GatewayProcess.StartAsync(arguments))
            {
                Assert.Equal(round - 1, (await MappedAsync(gateway)).Count);
                Assert.Equal(HttpStatusCode.Created, await PostAsync(gateway, $"model-{round}", engine.Url));
                gateway.Child.Kill();
            }
        }

        await using GatewayProcess last = await GatewayProcess.StartAsync(arguments);
        Assert.Equal(Enumerable.Range(1, Rounds).Select(round => $"model-{round}"), (await MappedAsync(last)).Order());
        await last.ReadyAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await last.ChatAsync("model-0")).StatusCode);

        // It is routed, to an engine that does not know that name: the engine's own 404, with its words.
        using HttpResponseMessage routed = await last.ChatAsync("model-1");
        Assert.Contains("The model `model-1` does not exist.", await routed.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KillAmidManyWrites_KeepsEachThatWasAcknowledged()
    {
        using var folder = new TemporaryFolder();
        string[] arguments = ["--Gateway:State:Path", folder.File("routes.json")];
        var acknowledged = new HashSet<string>();

        for (int round = 1; round <= Rounds; round++)
        {
            await using GatewayProcess gateway = await GatewayProcess.StartAsync(arguments);
            Assert.Subset((await MappedAsync(gateway)).ToHashSet(), acknowledged);
            int enough = round * 7;
            Func<bool> isEnough = () => acknowledged.Count >= enough;
            string[] writers = [.. Enumerable.Range(0, Writers).Select(writer => $"{round}-{writer}")];
            await Task.WhenAll(writers.Select(writer => WriteAsync(gateway, writer, acknowledged, isEnough)));
        }

        await using GatewayProcess last = await GatewayProcess.StartAsync(arguments);
        Assert.Subset((await MappedAsync(last)).ToHashSet(), acknowledged);
        Assert.True(acknowledged.Count >= Rounds * 7);
    }

    /// <summary>Writes until it is enough, when it kills the gateway, or until another writer has.</summary>
    private static async Task WriteAsync(GatewayProcess gateway, string name, HashSet<string> acknowledged, Func<bool> isEnough)
    {
        try
        {
            for (int i = 0; ; i++)
            {
                HttpStatusCode status = await PostAsync(gateway, $"{name}-{i}", new Uri("http://127.0.0.1:1"));
                Assert.Equal(HttpStatusCode.Created, status);
                lock (acknowledged)
                {
                    acknowledged.Add($"{name}-{i}");
                    if (isEnough())
                        gateway.Child.Kill();
                }
            }
        }
        catch (HttpRequestException)
        {
            // Killed: this one was not acknowledged, whatever became of it.
        }
    }

    private static async Task<HttpStatusCode> PostAsync(GatewayProcess gateway, string model, Uri endpoint)
    {
        using HttpResponseMessage response = await gateway.Client.PostAsJsonAsync(
            "/admin/api/routing", new { model, owned_by = "vllm", endpoints = new[] { endpoint } }, Cancelled);
        return response.StatusCode;
    }

    private static async Task<List<string>> MappedAsync(GatewayProcess gateway)
    {
        JsonElement routing = await gateway.Client.GetFromJsonAsync<JsonElement>("/admin/api/routing", Cancelled);
        return [.. routing.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("model").GetString()!)];
    }
}
