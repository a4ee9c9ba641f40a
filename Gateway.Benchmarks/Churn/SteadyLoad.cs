using System.Diagnostics;
using System.Text;

namespace Gateway.Benchmarks.Churn;

/// <summary>Requests at a steady rate, whether or not the earlier ones are answered, and how long each of them took.</summary>
internal sealed class SteadyLoad
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes($$"""{"model":"{{PodJson.Model}}","owned_by":"vllm","messages":[{"role":"user","content":"Hello!"}]}""");

    private readonly List<double> _milliseconds = [];

    public TimeSpan Duration { get; private set; }

    public int Failed { get; private set; }

    public static async Task<SteadyLoad> RunAsync(Uri gateway, int perSecond, TimeSpan duration)
    {
        var load = new SteadyLoad();
        using var client = new HttpClient { BaseAddress = gateway };
        var running = new List<Task>();
        long begun = Stopwatch.GetTimestamp();
        int total = (int)(perSecond * duration.TotalSeconds);
        for (int i = 0; i < total; i++)
        {
            TimeSpan due = TimeSpan.FromSeconds((double)i / perSecond);
            TimeSpan left = due - Stopwatch.GetElapsedTime(begun);
            if (left > TimeSpan.Zero)
                await Task.Delay(left);
            running.Add(load.SendAsync(client));
        }

        await Task.WhenAll(running);
        load.Duration = Stopwatch.GetElapsedTime(begun);
        load._milliseconds.Sort();
        return load;
    }

    public double Percentile(int percent) => _milliseconds[Math.Min(_milliseconds.Count - 1, _milliseconds.Count * percent / 100)];

    private async Task SendAsync(HttpClient client)
    {
        long sent = Stopwatch.GetTimestamp();
        using var content = new ByteArrayContent(Body) { Headers = { ContentType = new("application/json") } };
        using HttpResponseMessage answer = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content);
        double took = Stopwatch.GetElapsedTime(sent).TotalMilliseconds;
        lock (_milliseconds)
        {
            _milliseconds.Add(took);
            if (!answer.IsSuccessStatusCode)
                Failed++;
        }
    }
}
