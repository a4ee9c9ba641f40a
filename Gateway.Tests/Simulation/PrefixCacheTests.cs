using System.Globalization;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.Simulation;

public sealed class PrefixCacheTests
{
    // 600 bytes: two whole blocks and a bit.
    private static readonly string LongText = string.Concat(Enumerable.Range(0, 150).Select(i => i.ToString("000 ", CultureInfo.InvariantCulture)));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SamePrefix_IsCountedAsCached()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m", "other"] }, Cancelled);
        using var client = new EngineClient(engine);

        Assert.Equal(0, await CachedAsync(client, "m", LongText));
        Assert.Equal(128, await CachedAsync(client, "m", LongText + "and something new"));
        Assert.Equal(0, await CachedAsync(client, "m", "another beginning " + LongText));
        Assert.Equal(0, await CachedAsync(client, "other", LongText));

        using HttpResponseMessage metrics = await client.GetAsync("/metrics");
        Assert.Contains(
            "vllm:prefix_cache_hits_total{model_name=\"m\",engine=\"0\"} 128\n",
            await metrics.Content.ReadAsStringAsync(Cancelled),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task CacheOfNoBlocks_CachesNothing()
    {
        await using SimulatedEngine engine = await SimulatedEngine.StartAsync(new() { Models = ["m"], CacheBlocks = 0 }, Cancelled);
        using var client = new EngineClient(engine);

        await CachedAsync(client, "m", LongText);
        Assert.Equal(0, await CachedAsync(client, "m", LongText));
    }

    [Fact]
    public void LeastRecentlyUsedBlock_GoesFirst()
    {
        var cache = new PrefixCache(capacity: 2);

        Assert.Equal(0, cache.Use("m", [1]));
        Assert.Equal(0, cache.Use("m", [2]));
        Assert.Equal(64, cache.Use("m", [1]));
        Assert.Equal(0, cache.Use("m", [3]));
        Assert.Equal(64, cache.Use("m", [1]));
        Assert.Equal(0, cache.Use("m", [2]));
    }

    private static async Task<int> CachedAsync(EngineClient client, string model, string prompt)
    {
        JsonElement answer = await client.PostJsonAsync("/v1/completions", $$"""{"model":"{{model}}","prompt":"{{prompt}}"}""");
        return answer.GetProperty("usage").GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();
    }
}
