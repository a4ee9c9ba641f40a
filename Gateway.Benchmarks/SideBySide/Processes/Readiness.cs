using System.Diagnostics;
using System.Net;
using System.Text;

namespace Gateway.Benchmarks.SideBySide.Processes;

/// <summary>Asks a contender until it answers.</summary>
internal static class Readiness
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Short against the start of any contender, which is measured with it.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private static readonly string ChatBody =
        $$"""{"model":"{{BenchmarkModel.Name}}","owned_by":"{{BenchmarkModel.OwnedBy}}","messages":[{"role":"user","content":"Are you there?"}],"max_tokens":1}""";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Waits for a chat request to get through to an engine; whether the engine likes it is the engine's matter.</summary>
    public static Task WaitForChatAsync(ContenderProcess process, Uri url, CancellationToken cancellationToken) =>
        WaitAsync(process, async ct =>
        {
            using var body = new StringContent(ChatBody, Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await Client.PostAsync(new Uri(url, "/v1/chat/completions"), body, ct);
            return answer.StatusCode < HttpStatusCode.InternalServerError && answer.StatusCode != HttpStatusCode.NotFound;
        }, cancellationToken);

    /// <summary>Waits for a page that holds a text so many times, or more.</summary>
    public static Task WaitForTextAsync(ContenderProcess process, Uri page, string text, int times, CancellationToken cancellationToken) =>
        WaitAsync(process, async ct =>
        {
            using HttpResponseMessage answer = await Client.GetAsync(page, ct);
            return answer.IsSuccessStatusCode && (await answer.Content.ReadAsStringAsync(ct)).Split(text).Length > times;
        }, cancellationToken);

    private static async Task WaitAsync(ContenderProcess process, Func<CancellationToken, Task<bool>> isReady, CancellationToken cancellationToken)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Limit; await Task.Delay(Pause, cancellationToken))
        {
            process.ThrowIfEnded();
            try
            {
                if (await isReady(cancellationToken))
                    return;
            }
            catch (Exception early) when (early is HttpRequestException || (early is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not listening yet, or not quick enough yet.
            }
        }

        throw new TimeoutException($"No answer within {Limit.TotalSeconds} s. {process.LastWords()}");
    }
}
