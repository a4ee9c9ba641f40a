using System.Diagnostics;
using System.Text.Json;

namespace Gateway.Benchmarks.Churn;

/// <summary>A program of this repository in a process of its own, which says where it listens.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private const string Listening = "Now listening on: ";

    private readonly Process _process;
    private readonly HttpClient _client;

    private MeasuredProcess(Process process, Uri url)
    {
        _process = process;
        Url = url;
        _client = new HttpClient { BaseAddress = url };
    }

    public Uri Url { get; }

    /// <summary>Used so far, by all of its threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident memory, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Returns once it listens.</summary>
    public static async Task<MeasuredProcess> StartAsync(string program, params string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var process = Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            int at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at < 0)
                continue;

            // What it says from now on is thrown away, so that it never waits for a reader.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new MeasuredProcess(process, new Uri(line[(at + Listening.Length)..]));
        }

        throw new InvalidOperationException($"{program} ended before it listened.");
    }

    public async Task PostAsync(string path)
    {
        using HttpResponseMessage answer = await _client.PostAsync(new Uri(path, UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
    }

    public async Task UntilReadyAsync()
    {
        while (true)
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri("/ready", UriKind.Relative));
            if (answer.IsSuccessStatusCode)
                return;
            await Task.Delay(100);
        }
    }

    public Task<string> GetTextAsync(string path) => _client.GetStringAsync(new Uri(path, UriKind.Relative));

    /// <summary>How many objects the gateway passes over at the moment.</summary>
    public async Task<int> CountIgnoredAsync() =>
        JsonElement.Parse(await GetTextAsync("/admin/api/status")).GetProperty("ignored").GetArrayLength();

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
