using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Routing;
using Gateway.Simulation;
using Gateway.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Cluster;

/// <summary>What a gateway routes, seen from outside.</summary>
internal static class Routed
{
    /// <summary>The pairs that a gateway lists, as <c>model on engine</c>.</summary>
    public static async Task<IReadOnlyList<string>> ModelsOfAsync(TestGateway gateway)
    {
        string json = await gateway.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken);
        using JsonDocument list = JsonDocument.Parse(json);
        return [.. list.RootElement.GetProperty("data").EnumerateArray()
            .Select(card => $"{card.GetProperty("id").GetString()} on {card.GetProperty("owned_by").GetString()}")];
    }

    public static async Task UntilListedAsync(TestGateway gateway, params string[] expected)
    {
        IReadOnlyList<string> listed = [];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TestTime.Generous);
        while (!expected.SequenceEqual(listed))
        {
            Assert.False(limit.IsCancellationRequested, $"Listed are: {string.Join(", ", listed)}");
            listed = await ModelsOfAsync(gateway);
        }
    }

    /// <summary>Waits until the engine is in a route, or in none.</summary>
    public static Task UntilAsync(TestGateway gateway, SimulatedEngine engine, bool isRouted)
    {
        var routes = gateway.Services.GetRequiredService<RouteTableHolder>();
        return TestTime.UntilAsync(
            () => isRouted == routes.Current.Routes
                .SelectMany(route => route.Targets)
                .SelectMany(target => target.Endpoints)
                .Any(endpoint => endpoint.Address.Authority == engine.Address),
            $"{engine.Settings.Name} is {(isRouted ? "routed" : "no longer routed")}");
    }

    /// <summary>Maps the alias to what the engine serves.</summary>
    public static Task<HttpResponseMessage> PostMappingAsync(TestGateway gateway, string alias, SimulatedEngine engine) => gateway.Client.PostAsJsonAsync(
        "/admin/api/routing",
        new { model = alias, owned_by = "vllm", endpoints = new[] { engine.Url.ToString() }, target_model = engine.Models[0] },
        TestContext.Current.CancellationToken);

    /// <summary>What the gateway's own status says.</summary>
    public static async Task<JsonElement> StatusOfAsync(TestGateway gateway) =>
        JsonElement.Parse(await gateway.Client.GetStringAsync("/admin/api/status", TestContext.Current.CancellationToken));

    public static Task<HttpResponseMessage> ChatAsync(TestGateway gateway, string model, string engine) => gateway.Client.PostAsJsonAsync(
        "/v1/chat/completions",
        new { model, owned_by = engine, messages = new[] { new { role = "user", content = "hi" } } },
        TestContext.Current.CancellationToken);
}
