using System.Diagnostics;
using System.Net;
using System.Text;
using Gateway.Benchmarks.Churn;
using Gateway.Benchmarks.SideBySide.Load;

namespace Gateway.Benchmarks.Overload;

/// <summary>Requests at random times, so many a second on average, whatever becomes of the earlier ones; and what became of each.</summary>
internal sealed class OfferedLoad
{
    private static readonly Uri Chat = new("/v1/chat/completions", UriKind.Relative);
    private static readonly TimeSpan MemoryEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly List<long> _memory = [];

    /// <summary>How long it took, in nanoseconds.</summary>
    public Samples Answered { get; } = new();

    /// <summary>How long a 429 took that says why, and when to come again.</summary>
    public Samples Refused { get; } = new();

    /// <summary>Requests with any other end.</summary>
    public int Other { get; private set; }

    /// <summary>While requests were offered.</summary>
    public double AnsweredPerSecond { get; private set; }

    /// <summary>The gateway's resident memory in the last third, as a multiple of that in the first.</summary>
    public double MemoryGrowth => _memory.TakeLast(_memory.Count / 3).Average() / _memory.Take(_memory.Count / 3).Average();

    public static async Task<OfferedLoad> RunAsync(MeasuredProcess gateway, string model, double perSecond, TimeSpan duration)
    {
        var load = new OfferedLoad();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = gateway.Url };
        byte[] body = Encoding.UTF8.GetBytes($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello!"}],"max_tokens":1}""");
        var random = new Random(1);
        var running = new List<Task>();
        TimeSpan nextMemory = TimeSpan.Zero;

        // Times between arrivals that don't know of each other are distributed exponentially.
        var clock = Stopwatch.StartNew();
        for (TimeSpan due = TimeSpan.Zero; due < duration; due += TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond))
        {
            if (due >= nextMemory)
            {
                load._memory.Add(gateway.Memory);
                nextMemory += MemoryEvery;
            }

            TimeSpan left = due - clock.Elapsed;
            if (left > TimeSpan.Zero)
                await Task.Delay(left);
            running.Add(load.AskAsync(client, body));
        }

        lock (load._lock)
            load.AnsweredPerSecond = load.Answered.Count / clock.Elapsed.TotalSeconds;
        await Task.WhenAll(running);
        return load;
    }

    private async Task AskAsync(HttpClient client, byte[] body)
    {
        long sent = Stopwatch.GetTimestamp();
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        using HttpResponseMessage answer = await client.PostAsync(Chat, content);
        long took = (long)Stopwatch.GetElapsedTime(sent).TotalNanoseconds;
        lock (_lock)
        {
            if (answer.StatusCode == HttpStatusCode.OK)
                Answered.Add(took);
            else if (IsRefusal(answer))
                Refused.Add(took);
            else
                Other++;
        }
    }

    private static bool IsRefusal(HttpResponseMessage answer) =>
        answer.StatusCode == HttpStatusCode.TooManyRequests
        && answer.Headers.RetryAfter is not null
        && answer.Headers.TryGetValues("x-llm-d-request-dropped-reason", out IEnumerable<string>? reasons)
        && reasons.Single() == "rejected-saturated";
}
