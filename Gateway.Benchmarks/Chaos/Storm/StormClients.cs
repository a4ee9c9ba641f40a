using System.Diagnostics;
using System.Net.Http.Headers;

namespace Gateway.Benchmarks.Chaos.Storm;

/// <summary>Clients that send one request after the other until they are stopped, each answer judged.</summary>
internal sealed class StormClients(Uri gateway, StormFleet fleet, int seed) : IDisposable
{
    private static readonly Uri Chat = new("/v1/chat/completions", UriKind.Relative);

    // A client that is told to come again does not do so at once.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly AnswerJudge _judge = new(fleet);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ResponseDrainTimeout = TimeSpan.Zero })
    {
        BaseAddress = gateway,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public StormTally Tally { get; } = new();

    /// <summary>Returns when every client has had the end of its last answer.</summary>
    public Task RunAsync(int clients, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(number => Task.Run(() => RunOneAsync(new Random(seed + number), stop), CancellationToken.None)));

    public void Dispose() => _client.Dispose();

    private async Task RunOneAsync(Random random, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            StormRequest request = StormRequest.Draw(random, Tally.NextNumber());
            try
            {
                StormAnswer answer = await AskAsync(request);
                (StormOutcome outcome, string? wrong) = _judge.Judge(request, answer);
                Tally.Add(request, outcome, wrong);
                if (answer.Status != 200)
                    await Task.Delay(Pause, CancellationToken.None);
            }
            catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException)
            {
                Tally.Add(request, StormOutcome.Wrong, $"no answer: {failed.Message}");
            }
        }
    }

    private async Task<StormAnswer> AskAsync(StormRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, Chat)
        {
            Content = new ByteArrayContent(request.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (request is { OwnedBy: { } owner, NamesInHeader: true })
            message.Headers.Add("x-owned-by", owner);

        long sent = Stopwatch.GetTimestamp();
        using HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        (byte[] body, AnswerEnd end) = await ReadAsync(response, response.IsSuccessStatusCode ? request.LeavesAfter : null);
        var headers = new StormHeaders(
            Single(response, "x-owned-by"),
            Single(response, "x-gateway-destination-endpoint-served"),
            Single(response, "x-should-retry"),
            response.Headers.RetryAfter?.Delta?.TotalSeconds);
        return new StormAnswer((int)response.StatusCode, headers, body, end, sent, Stopwatch.GetTimestamp());
    }

    private static async Task<(byte[] Body, AnswerEnd End)> ReadAsync(HttpResponseMessage response, int? leavesAfter)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        await using Stream stream = await response.Content.ReadAsStreamAsync();
        try
        {
            while (leavesAfter is null || body.Length <= leavesAfter)
            {
                int read = await stream.ReadAsync(buffer);
                if (read == 0)
                    return (body.ToArray(), AnswerEnd.Clean);
                body.Write(buffer, 0, read);
            }

            return (body.ToArray(), AnswerEnd.Left);
        }
        catch (IOException)
        {
            return (body.ToArray(), AnswerEnd.Cut);
        }
    }

    private static string? Single(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;
}
