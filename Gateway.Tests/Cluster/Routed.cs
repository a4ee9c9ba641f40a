using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.EndToEnd;

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

    public static Task<HttpResponseMessage> ChatAsync(TestGateway gateway, string model, string engine) => gateway.Client.PostAsJsonAsync(
        "/v1/chat/completions",
        new { model, owned_by = engine, messages = new[] { new { role = "user", content = "hi" } } },
        TestContext.Current.CancellationToken);
}
