using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Gateway.Simulation;

namespace Gateway.Tests.EndToEnd;

public sealed class ManyStreamsTests
{
    private const int Streams = 200;
    private const int Tokens = 100;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoHundredStreamsAtOnce_EachComesWholeAndInOrder_FromBothEndpoints()
    {
        // On a clock of their own the engines begin to speak only when all streams are there.
        var clock = new ManualClock();
        var settings = new SimulatedEngineSettings
        {
            Models = ["m"],
            OutputTokens = Tokens,
            Time = clock,
            Pacing = new SimulatedPacing { TimeToFirstToken = TimeSpan.FromHours(1) },
        };
        await using SimulatedEngine first = await SimulatedEngine.StartAsync(settings with { Name = "first" }, Cancelled);
        await using SimulatedEngine second = await SimulatedEngine.StartAsync(settings with { Name = "second" }, Cancelled);
        await using TestGateway gateway = await TestGateway.StartAsync(first, second);

        Task<string>[] streams = [.. Enumerable.Range(0, Streams).Select(number => ReadStreamAsync(gateway.Client, number))];
        await TestTime.UntilAsync(() => first.Running + second.Running == Streams, "all streams to have reached an engine");
        Assert.Equal(Streams, gateway.InFlight);
        int onFirst = first.Running;
        Task<string[]> all = Task.WhenAll(streams);
        await clock.AdvanceUntilAsync(() => all.IsCompleted, "all streams to end");
        string[] answeredBy = await all;

        Assert.Equal(Streams, answeredBy.Distinct().Count());
        Assert.Equal(onFirst, answeredBy.Count(id => id.StartsWith("chatcmpl-first-", StringComparison.Ordinal)));
        Assert.InRange(onFirst, Streams / 4, Streams * 3 / 4);
        await TestTime.UntilAsync(() => gateway.InFlight == 0, "no request in flight");
    }

    /// <summary>Checks every event of one stream; returns the id of the answer.</summary>
    private static async Task<string> ReadStreamAsync(HttpClient client, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = JsonContent.Create(new { model = "m", stream = true, messages = new[] { $"prompt {number}" } }),
        };
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        response.EnsureSuccessStatusCode();
        await using Stream body = await response.Content.ReadAsStreamAsync(Cancelled);

        var events = new List<string>();
        await foreach (SseItem<string> item in SseParser.Create(body).EnumerateAsync(Cancelled))
            events.Add(item.Data);

        Assert.Equal("[DONE]", events[^1]);
        List<JsonElement> chunks = [.. events.SkipLast(1).Select(json => JsonElement.Parse(json))];
        string id = Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()!).Distinct());
        IEnumerable<string?> texts =
            from chunk in chunks
            let delta = chunk.GetProperty("choices")[0].GetProperty("delta")
            where delta.TryGetProperty("content", out JsonElement content) && content.GetString() != ""
            select delta.GetProperty("content").GetString();
        Assert.Equal(Enumerable.Range(0, Tokens).Select(token => SimulatedText.Token(token)), texts);
        return id;
    }
}
